import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { REPOSITORY } from '../../paths.ts';

const PROGRAMS = `${REPOSITORY}scripts/programs/`;
/** A server may finish its requests. */
const KILL_AFTER_MS = 15_000;

/** What a reader's terminal has, without the settings and the credentials of this one. */
export function environment(home: string): NodeJS.ProcessEnv {
  const isKept = (name: string) =>
    /^(LANG|LC_\w+|TZ|TMPDIR|CI|DOCKER_\w+|JAVA_HOME|\w+_proxy|\w+_PROXY|NODE_EXTRA_CA_CERTS)$/.test(name);
  const path = [`${PROGRAMS}docs-bin`, dirname(process.execPath), process.env['PATH'] ?? ''];
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept(name))),
    HOME: home,
    DOCKER_CONFIG: process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
    PATH: path.join(delimiter),
    // Without credentials, the AWS SDK would ask the network.
    AWS_EC2_METADATA_DISABLED: 'true',
    // A service stops at once: no load balancer has to notice it.
    DRAIN_NOTICE_MS: '0',
  };
}

export interface Ended {
  /** The files of the blocks that ran to their ends. */
  readonly passed: readonly string[];
  /** The file of the block that failed. */
  readonly failed: string | undefined;
  readonly why: string;
}

/**
 * Runs the blocks of a folder with programs/docs-page.sh, which leaves what they print beside them.
 *
 * @param cwd the copy of the repository.
 * @param limitSeconds for one block.
 */
export async function runBlocks(
  folder: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  limitSeconds: number,
): Promise<Ended> {
  const child = spawn(`${PROGRAMS}docs-page.sh`, [folder], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    detached: true,
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  const interrupted = () => signal('SIGTERM');
  process.once('exit', interrupted);
  const passed: string[] = [];
  let current: string | undefined;
  let isLate = false;
  let limit: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(limit);
    limit = setTimeout(() => {
      isLate = true;
      signal('SIGTERM');
      limit = setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS);
    }, limitSeconds * 1000);
  };
  createInterface(child.stdio[3] as Readable).on('line', (line) => {
    const [event, file = ''] = line.split(' ');
    current = event === 'begin' ? file : undefined;
    if (event === 'end') passed.push(file);
    restart();
  });
  restart();
  const [code] = await once(child, 'close');
  clearTimeout(limit);
  process.off('exit', interrupted);
  const why = isLate ? `expected an end within ${limitSeconds} s` : `expected exit code 0, got ${code}`;
  return { passed, failed: current, why };
}
