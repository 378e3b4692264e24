import { readFile } from 'node:fs/promises';
import { coverageByFolder } from './lib/ci/coverage-table.ts';
import { runCommand } from './lib/command/command.ts';
import { writeSummary } from './lib/github/step.ts';
import { REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run coverage:summary --',
    summary:
      'Prints the coverage of the last npm test by folder, as Markdown, and adds it to the summary of a workflow.',
    examples: [''],
  },
  async () => {
    const report = await readFile(`${REPOSITORY}coverage/coverage-summary.json`, 'utf8').catch((cause) => {
      throw new Error('Expected coverage/coverage-summary.json, got no such file: run npm test', { cause });
    });
    const markdown = coverageByFolder(report, { root: REPOSITORY, depth: 2 });
    console.log(markdown);
    await writeSummary(`## Coverage\n\n${markdown}`);
    return 0;
  },
);
