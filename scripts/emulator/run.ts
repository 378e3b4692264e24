import { rm } from 'node:fs/promises';
import { runCommand } from '../lib/command/command.ts';
import { choice } from '../lib/command/options.ts';
import { onStop, type StoppedCode } from '../lib/command/stop-codes.ts';
import { docker, IMAGE } from '../lib/docker/docker.ts';
import { run } from '../lib/system/run.ts';
import { forgetOldRuns, removePushedImages } from './cdk.ts';
import { createHostsCertificate, serveHosts } from './hosts.ts';
import { endOfLogs } from './logs.ts';
import { startMiniStack } from './ministack.ts';
import { FailedTests, MODE_NAMES, MODES, type Work } from './modes.ts';
import { DEPLOYMENT_FILE, ENVIRONMENT_FILE } from './paths.ts';
import { expectNoneRunning } from './running.ts';
import { endStep, step } from './steps.ts';

await runCommand(
  {
    name: 'npm run emulator --',
    summary:
      'Deploys stage local with the ordinary CDK CLI into MiniStack, an emulator of AWS. Needs Docker and Python 3, or\n' +
      'root on Debian to install Docker.',
    examples: ['', 'up', 'docs'],
    positionals: {
      mode: choice(MODE_NAMES, {
        help: 'test: tests the deployment, then destroys it; docs: runs the code of the pages against it; up: prints how to call it, and runs until Ctrl+C',
        default: 'test',
      }),
    },
    exitCodes: { success: 'done', failure: 'failed; prints the end of the logs and the failed tests' },
  },
  async ({ mode }) => {
    const interrupted = new AbortController();
    let stopped: StoppedCode | undefined;
    // A second signal does not end the cleaning up.
    onStop((code) => {
      stopped ??= code;
      interrupted.abort();
    });
    let failedTests = '';
    const work: Work = (run) =>
      MODES[mode](run).catch((error: unknown) => {
        if (error instanceof FailedTests) failedTests = error.why;
        throw error;
      });
    try {
      await deployAndWork(work, interrupted.signal);
    } catch (error) {
      endStep();
      // After everything else, where a reader of a long log looks first.
      if (failedTests) console.error(`\n${failedTests}\n`);
      if (stopped === undefined) throw error;
      return stopped;
    }
    step('Done', { isQuiet: false });
    return 0;
  },
);

async function deployAndWork(work: Work, signal: AbortSignal): Promise<void> {
  await expectNoneRunning();
  await forgetOldRuns();
  step('Docker and the image');
  await run('scripts/dev/docker-engine.sh', [], { signal });
  // A deployment builds the image too, but here its layers get a name, so that they are still there the next
  // time.
  await docker('image', 'inspect', IMAGE).catch(() => run('scripts/image/build.sh', [], { signal }));
  await run('scripts/dev/rie.sh', [], { signal });
  step('MiniStack');
  try {
    await withMiniStack(work, signal);
  } finally {
    step('Cleaning up');
    for (const file of [DEPLOYMENT_FILE, ENVIRONMENT_FILE]) await rm(file, { force: true });
    await removePushedImages();
  }
}

async function withMiniStack(work: Work, signal: AbortSignal): Promise<void> {
  await using ministack = await startMiniStack();
  await createHostsCertificate();
  await using hosts = await serveHosts(ministack.address);
  try {
    await work({ address: ministack.address, hosts: hosts.environment, signal, step });
  } catch (error) {
    if (!signal.aborted) console.error(await endOfLogs(ministack));
    throw error;
  }
}
