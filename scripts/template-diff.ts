import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { checkOut } from './lib/git/checkout.ts';
import { writeSummary } from './lib/github/step.ts';
import { compareTemplates } from './lib/template-diff/compare.ts';
import { formatTemplateDiffs } from './lib/template-diff/markdown.ts';

await runCommand(
  {
    name: 'npm run template:diff --',
    summary:
      'Compares the CloudFormation templates of every stage, and of its pipeline, with those of another commit, without\n' +
      'credentials and Docker. Prints Markdown, and adds it to the summary of a workflow.',
    options: { base: text('REF', { help: 'the other commit', required: true }) },
    exitCodes: { success: 'compared, with differences or without', failure: 'a stage is not valid' },
  },
  async ({ base }) => {
    using checkout = await checkOut(base);
    const work = await mkdtemp(join(tmpdir(), 'template-diff-'));
    try {
      const stacks = await compareTemplates(checkout.repository, work);
      const markdown = formatTemplateDiffs(stacks, checkout.commit);
      console.log(markdown);
      await writeSummary(markdown);
      return 0;
    } finally {
      await rm(work, { recursive: true });
    }
  },
);
