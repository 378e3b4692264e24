import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { REPOSITORY } from './lib/paths.ts';
import { withRelease } from './lib/release/changelog.ts';
import { openRepository } from './lib/release/repository.ts';
import { compareVersions, parseVersion } from './lib/release/version.ts';
import { toldVersions, writeVersion } from './lib/release/versioned-files.ts';
import { run } from './lib/system/run.ts';

await runCommand(
  {
    name: 'npm run release:prepare --',
    summary:
      'Writes the version of the next release into package.json, package-lock.json, lambda/version.ts, the API document with\n' +
      'its examples, and CHANGELOG.md, with the date of today in UTC. Commits nothing.',
    examples: ['--version 1.2.3'],
    activity: 'Writing the version into all files',
    options: {
      version: text('X', { help: 'the version, such as 1.2.3 or 1.2.0-rc.1', required: true }),
    },
  },
  async ({ version: given }) => {
    const version = parseVersion(given, '--version');
    const [current] = await toldVersions(REPOSITORY);
    if (current && compareVersions(parseVersion(current.version, current.file), version) > 0) {
      throw new Error(`--version: expected ${current.version} or a newer one, got ${given}`);
    }
    if ((await openRepository(REPOSITORY).releases()).some(({ text: released }) => released === given)) {
      throw new Error(`--version: expected one without a tag, got ${given}`);
    }

    const path = join(REPOSITORY, 'CHANGELOG.md');
    const date = new Date().toISOString().slice(0, 10);
    const changelog = withRelease(await readFile(path, 'utf8'), { version: version.text, date });
    await writeVersion(REPOSITORY, version.text);
    await writeFile(path, changelog);
    // In a process of its own, which loads the new version.
    await run(process.execPath, ['scripts/openapi-record.ts']);
    console.log(
      `Prepared ${version.text}. Merge these changes into main. When main.yml has passed for the merged commit:\n` +
        `git tag v${version.text} COMMIT && git push origin v${version.text}`,
    );
    return 0;
  },
);
