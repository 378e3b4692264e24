import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { checkOut } from './lib/git/checkout.ts';
import { writeSummary } from './lib/github/step.ts';
import { temporaryFolder } from './lib/system/temporary-folder.ts';
import { compareTemplates } from './lib/template-diff/compare.ts';
import { formatTemplateDiffs } from './lib/template-diff/markdown.ts';

await runCommand(
  {
    name: 'npm run template:diff --',
    summary:
      'Compares the CloudFormation templates of every stage, and of its pipeline, with those of another commit, without\n' +
      'credentials and Docker. Prints Markdown, and adds it to the summary of a workflow.',
    examples: ['--base main'],
    activity: 'Comparing the templates of every stage',
    options: { base: text('REF', { help: 'the other commit', required: true }) },
    exitCodes: { success: 'compared, with differences or without', failure: 'a stage is not valid' },
  },
  async ({ base }) => {
    using work = await temporaryFolder('template-diff-');
    using checkout = await checkOut(base);
    const stacks = await compareTemplates(checkout.repository, work.path);
    const markdown = formatTemplateDiffs(stacks, checkout.commit);
    console.log(markdown);
    await writeSummary(markdown);
    return 0;
  },
);
