import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stackName } from '../../lib/stages.ts';
import { docker } from '../lib/docker/docker.ts';
import { REPOSITORY } from '../lib/paths.ts';
import { environmentOf } from './account.ts';
import { CDK_LOG, EMULATOR_DIRECTORY, FUNCTIONS_LOG, PUSHED_IMAGES } from './paths.ts';

const CDK = join(REPOSITORY, 'node_modules/.bin/cdk');
const OUTPUTS = join(EMULATOR_DIRECTORY, 'outputs.json');
export const STAGE = 'local';
export const STACK = stackName(STAGE);

/** The outputs of the CloudFormation stack, by name. */
export type Outputs = Readonly<Record<string, string>>;

/** The CDK CLI against the emulated account. Its output goes into a log file. */
export interface Cdk {
  readonly bootstrap: () => Promise<void>;
  /** @param source folder of the CDK app. @default this repository */
  readonly deploy: (source?: string) => Promise<Outputs>;
  readonly destroy: () => Promise<void>;
}

/**
 * @param address `127.0.0.1:PORT` of the emulator
 * @param signal aborts the running command
 */
export function createCdk(address: string, signal?: AbortSignal): Cdk {
  async function cdk(source: string, timeoutMs: number, ...args: readonly string[]): Promise<void> {
    const log = await open(CDK_LOG, 'a');
    await log.write(`\n$ cdk ${args.join(' ')}\n`);
    const output = join(EMULATOR_DIRECTORY, 'cdk.out');
    const timeout = AbortSignal.timeout(timeoutMs);
    const child = spawn(CDK, [...args, '--context', `stage=${STAGE}`, '--output', output, '--no-notices'], {
      cwd: source,
      stdio: ['ignore', log.fd, log.fd],
      signal: AbortSignal.any([...(signal ? [signal] : []), timeout]),
      env: { ...environmentOf(address), CI: 'true' },
    });
    await log.close();
    const code = await exitCode(child).catch((error: unknown) => {
      if (!timeout.aborted) throw error;
      throw new Error(`Expected cdk ${args[0]} to end within ${timeoutMs / 1000} s; see ${CDK_LOG}`);
    });
    if (code !== 0) throw new Error(`Expected cdk ${args[0]} to exit with 0, got ${code}; see ${CDK_LOG}`);
  }
  return {
    bootstrap: () => cdk(REPOSITORY, 120_000, 'bootstrap'),
    async deploy(source = REPOSITORY) {
      // It builds the image again if a package has changed, which takes minutes on a busy machine.
      await cdk(source, 900_000, 'deploy', STACK, '--require-approval', 'never', '--outputs-file', OUTPUTS);
      return JSON.parse(await readFile(OUTPUTS, 'utf8'))[STACK];
    },
    destroy: () => cdk(REPOSITORY, 120_000, 'destroy', STACK, '--force'),
  };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}

export async function forgetOldRuns(): Promise<void> {
  await mkdir(EMULATOR_DIRECTORY, { recursive: true });
  for (const log of [CDK_LOG, FUNCTIONS_LOG]) await rm(log, { force: true });
  await removePushedImages();
}

/** Removes the tags that deployments added to images of the engine. The layers stay for the next build. */
export async function removePushedImages(): Promise<void> {
  const pushed = await readFile(PUSHED_IMAGES, 'utf8').catch(() => '');
  const names = [...new Set(pushed.split('\n').filter(Boolean))];
  const registries = new Set(names.filter((name) => /^127\./.test(name)).map((name) => name.split('/')[0]));
  const others = await Promise.all([...registries].map((registry) => imagesOf(`${registry}`)));
  for (const name of [...names, ...others.flat()]) {
    const hash = name.slice(name.lastIndexOf(':') + 1);
    for (const tag of [name, `cdkasset-${hash}`]) await docker('rmi', '--no-prune', tag).catch(() => '');
  }
  await rm(PUSHED_IMAGES, { force: true });
}

/** What the engine has of the emulator's registry: functions pulled images from it, and image:push pushed some. */
async function imagesOf(registry: string): Promise<readonly string[]> {
  const format = '{{.Repository}}:{{.Tag}}\t{{.Repository}}@{{.Digest}}';
  const listed = await docker('images', '--digests', '--format', format, `${registry}/*`);
  return listed.split(/\s/).filter((name) => name && !name.endsWith('<none>'));
}
