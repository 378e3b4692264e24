import { repositoryFiles } from '../site/lib/files.ts';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, text, wholeNumber } from './lib/command/options.ts';
import { STAGES } from './lib/docs-examples/markdown/marker.ts';
import { blocksOf } from './lib/docs-examples/page/prepare.ts';
import { runPage } from './lib/docs-examples/page/run-page.ts';
import { readPages } from './lib/docs-examples/pages.ts';
import { formatCounts, formatFailure, formatPage, formatRun } from './lib/docs-examples/report.ts';
import { requireFreePort } from './lib/docs-examples/require-port.ts';

await runCommand(
  {
    name: 'npm run docs:examples --',
    summary:
      'Runs the code of the pages, page by page, in a copy of the repository with the service on port 8080, and compares what\n' +
      'it prints with what the pages show. CONTRIBUTING.md explains how a page says that CI does not run a block.',
    examples: ['', 'docs/jobs.md', '--with docker', '--list'],
    positionals: { page: text('PAGE', { help: 'the path of one page, such as README.md (default: all)' }) },
    options: {
      with: choice(STAGES, { help: 'runs only the blocks that are marked with "run with" and this' }),
      list: flag('prints what becomes of each block, and runs nothing'),
      seconds: wholeNumber('N', {
        help: 'the longest time that a block may take',
        min: 1,
        max: 3600,
        default: 60,
      }),
    },
    exitCodes: { success: 'all blocks ran as the pages show', failure: 'some did not' },
  },
  async ({ page: only, with: stage, list, seconds }) => {
    const pages = readPages(only);
    if (list) {
      for (const page of pages.filter(({ blocks }) => blocks.length > 0)) console.log(formatPage(page));
      console.log(formatCounts(pages));
      return 0;
    }
    const problems = pages.flatMap(({ path, problems }) =>
      problems.map(({ line, text }) => `${path}:${line}: ${text}`),
    );
    for (const problem of problems) console.error(problem);
    const running = pages.filter((page) => blocksOf(page, stage).length > 0);
    if (running.length === 0)
      throw new Error(`Expected blocks to run, got none; --list says what becomes of each`);
    const files = repositoryFiles();
    let failed = problems.length;
    for (const page of running) {
      // A service that did not stop would answer in the place of the next one.
      if (stage !== 'emulator') await requireFreePort();
      const result = await runPage(page, { stage, files, limitSeconds: seconds });
      console.log(formatRun(result));
      for (const failure of result.failures) console.error(formatFailure(page, failure));
      failed += result.failures.length;
    }
    return failed === 0 ? 0 : 1;
  },
);
