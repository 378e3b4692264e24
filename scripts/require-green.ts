import { runCommand } from './lib/command/command.ts';
import { flag, wholeNumber } from './lib/command/options.ts';
import { findingsMarkdown } from './lib/findings/markdown.ts';
import { reportFindings } from './lib/findings/report.ts';
import { githubApi } from './lib/github/api.ts';
import { checkGreen } from './lib/github/green.ts';
import { writeOutputs, writeSummary } from './lib/github/step.ts';
import { commitOption } from './lib/supply/options.ts';

await runCommand(
  {
    name: 'npm run require-green --',
    summary:
      'Checks on GitHub that the workflow main.yml passed for exactly this commit after it was pushed to main.\n' +
      'Reads GH_TOKEN and GITHUB_REPOSITORY, and GITHUB_API_URL on GitHub Enterprise. Output: run, the id of the run.',
    examples: ['--commit $(git rev-parse origin/main)', '--commit $(git rev-parse HEAD) --wait 30'],
    activity: 'Waiting for main.yml',
    options: {
      commit: commitOption({ help: 'the commit: 40 hex digits', required: true }),
      wait: wholeNumber('MINUTES', {
        help: 'waits for a run that has not ended',
        default: 0,
        min: 0,
        max: 120,
      }),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'it passed', failure: 'it failed, has not ended or has not run' },
  },
  async ({ commit, wait, json }) => {
    const { finding, run } = await checkGreen(githubApi(), commit, wait);
    if (run !== undefined) await writeOutputs({ run });
    const findings = [{ name: 'main.yml', ...finding }];
    await writeSummary(findingsMarkdown(`Checks of ${commit}`, findings));
    return reportFindings(findings, { json });
  },
);
