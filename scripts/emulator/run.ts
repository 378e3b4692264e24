/**
 * Deploys stage local into MiniStack, an emulator of AWS, by the ordinary CDK CLI:
 *
 *   npm run emulator           tests the deployment, then destroys it
 *   npm run emulator -- up     prints how to call it, and ends it at Ctrl+C
 *
 * Takes Docker and Python 3, and root on Debian where there is no Docker yet. Exit codes: 0 done, 1 failed (with the logs
 * of all that took part), 2 wrong usage.
 */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { docker, IMAGE } from '../lib/docker/docker.ts';
import { forgetOldRuns, removePushedImages } from './cdk.ts';
import { endOfLogs } from './logs.ts';
import { startMiniStack } from './ministack.ts';
import { isMode, MODES, type Work } from './modes.ts';
import { DEPLOYMENT_FILE, REPOSITORY } from './paths.ts';

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => interrupted.abort(new Error(`Interrupted by ${name}`)));
}

const args = process.argv.slice(2);
const [mode = 'test', ...more] = args;
if (!isMode(mode) || more.length > 0) {
  console.error(`Expected ${Object.keys(MODES).join(' or ')}, got ${args.join(' ')}`);
  process.exitCode = 2;
} else {
  try {
    await main(MODES[mode]);
    step('Done');
  } catch (error) {
    const why = interrupted.signal.aborted ? interrupted.signal.reason : error;
    console.error(why instanceof Error ? why.message : why);
    process.exitCode = 1;
  }
}

async function main(work: Work): Promise<void> {
  await forgetOldRuns();
  step('Docker and the image');
  await script('scripts/dev/docker-engine.sh');
  // A deployment builds it as well, but here its layers get a name and stay for the next time.
  await docker('image', 'inspect', IMAGE).catch(() => script('scripts/image/build.sh'));
  await script('scripts/dev/rie.sh');
  step('MiniStack');
  try {
    await withMiniStack(work);
  } finally {
    step('Cleaning up');
    await rm(DEPLOYMENT_FILE, { force: true });
    await removePushedImages();
  }
}

async function withMiniStack(work: Work): Promise<void> {
  const { signal } = interrupted;
  await using ministack = await startMiniStack();
  try {
    await work({ address: ministack.address, signal, step });
  } catch (error) {
    if (!signal.aborted) console.error(await endOfLogs(ministack));
    throw error;
  }
}

async function script(path: string): Promise<void> {
  await promisify(execFile)(path, { cwd: REPOSITORY, maxBuffer: 2 ** 26, signal: interrupted.signal });
}

function step(name: string): void {
  console.log(`== ${name} (${Math.round(process.uptime())} s)`);
}
