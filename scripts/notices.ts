import { readFile } from 'node:fs/promises';
import { runCommand } from './lib/command/command.ts';
import { checkOption, writeGenerated } from './lib/generated/files.ts';
import { contradictions } from './lib/licences/contradictions.ts';
import { noticesDocument } from './lib/licences/document.ts';
import { outdatedFacts, readFacts } from './lib/licences/facts.ts';
import { readLock } from './lib/licences/lock.ts';
import { policyViolations } from './lib/licences/policy.ts';
import { shippedSections } from './lib/licences/shipped.ts';
import { REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run notices --',
    summary:
      'Writes THIRD-PARTY-NOTICES. Fails for a licence that scripts/lib/licences/policy.ts does not allow, and for facts\n' +
      'about versions other than the ones in use.',
    examples: ['', '--check'],
    activity: 'Reading the licences',
    options: { check: checkOption },
  },
  async ({ check }) => {
    const service = await readLock(`${REPOSITORY}package-lock.json`);
    const client = await readLock(`${REPOSITORY}scripts/image/client/package-lock.json`);
    const facts = await readFacts();
    const emulator = await emulatorVersion();

    const versionOf = (of: string) =>
      of === 'aws-lambda-rie'
        ? emulator
        : (service.get(`node_modules/${of}`) ?? client.get(`node_modules/${of}`))?.version;
    const problems = [
      ...policyViolations([...service.values()].map((locked) => ({ ...locked, isTool: locked.dev }))),
      // Most of these only build the client. All of them are permissive, so there is no need to tell them
      // apart.
      ...policyViolations([...client.values()].map((locked) => ({ ...locked, isTool: false }))),
      ...policyViolations(
        facts.contents.flatMap(({ parts }) => parts.map((part) => ({ ...part, isTool: false }))),
      ),
      ...outdatedFacts(facts, versionOf),
      ...(await contradictions(facts)),
    ];
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) return 1;

    const document = noticesDocument(await shippedSections({ service, client }, facts));
    return writeGenerated([['THIRD-PARTY-NOTICES', document]], {
      check,
      source: 'the lock files and the packages',
      command: 'npm run notices',
    });
  },
);

async function emulatorVersion(): Promise<string | undefined> {
  const text = await readFile(`${REPOSITORY}scripts/image/fetch-rie.ts`, 'utf8');
  return /download\/(v[\d.]+)/.exec(text)?.[1];
}
