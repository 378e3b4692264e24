import { readFile } from 'node:fs/promises';
import { createGithubFiles } from './lib/ci/github-files.ts';
import { plan } from './lib/ci/plan.ts';
import { formatFailures, formatMissing, formatPlan, formatResults } from './lib/ci/report.ts';
import { runCommands } from './lib/ci/run-commands.ts';
import { readJobs } from './lib/ci/workflow.ts';
import { runCommand } from './lib/command/command.ts';
import { flag, text } from './lib/command/options.ts';
import { listenForStop } from './lib/command/stop-signals.ts';
import { REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run ci --',
    summary:
      'Runs the commands of .github/workflows/checks.yml in their order, on this machine. Stops at the first that fails.\n' +
      'A command that an earlier job ran is not repeated. What lacks a program is left out, or fails if CI=true is set.',
    examples: ['--list', '--only check,test', '--except image,emulator'],
    options: {
      only: text('JOB[,JOB]', { help: 'runs these jobs only' }),
      except: text('JOB[,JOB]', { help: 'leaves these jobs out' }),
      list: flag('prints the jobs and their commands, and runs nothing'),
      'keep-going': flag('goes on with the next job after a failure'),
    },
    exitCodes: { success: 'every command passed', failure: 'a command failed' },
  },
  async ({ only, except, list, 'keep-going': keepGoing }) => {
    const workflow = await readFile(`${REPOSITORY}.github/workflows/checks.yml`, 'utf8');
    const selection = { only: only?.split(','), except: except?.split(',') };
    const commands = plan(readJobs(workflow), selection, process.env['PATH'] ?? '');
    if (list) {
      console.log(formatPlan(commands));
      return 0;
    }
    const missing = formatMissing(commands);
    if (missing) console.log(missing);
    const files = await createGithubFiles();
    using signals = listenForStop();
    const ran = await runCommands(commands, files, { keepGoing, stop: signals.stop });
    console.log(`\n${formatResults(ran)}\n\nThe summary for GitHub: ${files.summary}`);
    const failures = formatFailures(ran);
    if (failures) console.log(failures);
    const fails = process.env['CI'] === 'true' ? ['failed', 'cannot run'] : ['failed'];
    return signals.code() ?? (ran.some(({ outcome }) => fails.includes(outcome)) ? 1 : 0);
  },
);
