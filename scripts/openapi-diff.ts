import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { writeSummary } from './lib/github/step.ts';
import { REPOSITORY } from './lib/paths.ts';
import { describeChanges } from './lib/release/api-changes.ts';
import { declaredSince, parseChangelog } from './lib/release/changelog.ts';
import { changesSince } from './lib/release/check.ts';
import { openRepository } from './lib/release/repository.ts';

await runCommand(
  {
    name: 'npm run openapi:diff --',
    summary:
      'Compares docs/openapi.json with that of another commit, as Markdown. A breaking change needs a new entry in\n' +
      'CHANGELOG.md that begins with **Breaking:**, under Unreleased.',
    examples: ['--base origin/main'],
    activity: 'Comparing the API',
    options: { base: text('REF', { help: 'the commit, such as origin/main', required: true }) },
    exitCodes: { success: 'compatible, or declared', failure: 'a breaking change is not declared' },
  },
  async ({ base }) => {
    const repository = openRepository(REPOSITORY);
    const changes = await changesSince(repository, base);
    const list = describeChanges(changes ?? []) || 'The API is the same.';
    console.log(list);
    await writeSummary(`## Changes of the API\n\n${list}`);
    if (!changes?.some(({ isBreaking }) => isBreaking)) return 0;

    const older = await repository.fileAt(base, 'CHANGELOG.md');
    const own = parseChangelog(await readFile(join(REPOSITORY, 'CHANGELOG.md'), 'utf8'));
    if (declaredSince(own, older === undefined ? undefined : parseChangelog(older)).length > 0) return 0;
    console.error(
      `CHANGELOG.md: expected a new entry under [Unreleased] that begins with **Breaking:**, because the API\n` +
        `breaks what clients of ${base} rely on, got none`,
    );
    return 1;
  },
);
