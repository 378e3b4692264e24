import { writeFile } from 'node:fs/promises';
import { runCommand } from '../scripts/lib/command/command.ts';
import { text, wholeNumber } from '../scripts/lib/command/options.ts';
import { checkOut } from '../scripts/lib/git/checkout.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { run } from '../scripts/lib/system/run.ts';
import { startLoadClient } from './lib/load/client.ts';
import { describeMachine } from './lib/machine/describe.ts';
import { startSubject } from './lib/subjects/running-subject.ts';
import { compareAnswers } from './lib/versions/answers.ts';
import { versionTable } from './lib/versions/figures.ts';
import { measureVersions } from './lib/versions/measure.ts';
import { subjectOf, type Version } from './lib/versions/version.ts';
import { knownPhoto, prepareWorkload, type Workload } from './lib/workload.ts';

await runCommand(
  {
    name: 'npm run bench:versions --',
    summary:
      'Compares this code of the service with that of another commit: start, memory, CPU time, latency and throughput of\n' +
      'their bundles, with the settings of the image that each of them makes. Both take turns in every round. The other\n' +
      'commit is checked out in a temporary folder, with its own packages if its lock file is another. A round takes about\n' +
      '45 seconds.',
    examples: ['--old main', '--old v1.0.0 --photos ~/Pictures'],
    activity: 'Measuring',
    options: {
      old: text('REF', { help: 'the other commit', required: true }),
      photos: text('FOLDER', {
        help: 'photos that both must answer with the same probabilities to the last bit',
      }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 100, default: 5 }),
      json: text('FILE', { help: 'writes all rounds as JSON' }),
    },
    exitCodes: { success: 'done', failure: 'an answer has changed' },
  },
  async ({ old, photos, rounds, json }) => {
    // An interruption must end the process in order, so that the servers end too.
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    using checkout = await checkOut(old);
    const versions = [
      { id: 'old', repository: checkout.repository },
      { id: 'new', repository: REPOSITORY },
    ] as const satisfies readonly Version[];
    for (const { repository } of versions)
      await run(process.execPath, ['scripts/build.ts'], { cwd: repository });

    const workload = await prepareWorkload();
    const code = photos === undefined ? 0 : await checkAnswers(photos, versions, workload);
    using client = startLoadClient();
    const measured = await measureVersions(versions, workload, client, rounds);

    const { cpu, cores } = await describeMachine();
    console.log(
      `\n${cpu}, ${cores} cores. Old: ${checkout.commit}. Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.\n`,
    );
    console.log(versionTable(measured));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(measured, null, 2)}\n`);
    return code;
  },
);

async function checkAnswers(
  folder: string,
  [first, second]: readonly [Version, Version],
  workload: Workload,
): Promise<0 | 1> {
  const known = await knownPhoto(workload);
  await using before = await startSubject(subjectOf(first), known);
  await using after = await startSubject(subjectOf(second), known);
  const { photos, different } = await compareAnswers(folder, [before.url, after.url]);
  console.log(`${photos - different.length} of ${photos} photos have the same answer to the last bit.`);
  for (const name of different) console.error(`${name}: expected the old answer, got another`);
  return different.length === 0 ? 0 : 1;
}
