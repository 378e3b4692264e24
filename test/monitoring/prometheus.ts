import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/system/free-port.ts';
import { repositoryPath } from '../support/model.ts';

const CONFIGURATION = 'monitoring/prometheus';

/** Without Prometheus, the tests are skipped on a laptop and fail on a build server. */
export const noPrometheus =
  spawnSync('promtool', ['--version']).error !== undefined && process.env['CI'] !== 'true';
if (noPrometheus) {
  process.stderr.write(
    'Prometheus tests skipped: found no promtool. Put the output of scripts/dev/prometheus.sh into PATH.\n',
  );
}

/** @returns what promtool printed, with its exit code. */
export function promtool(args: readonly string[], input = '', cwd = repositoryPath('test/monitoring/rules')) {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd, input, encoding: 'utf8' });
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** A time and a number as text, such as `NaN`. */
  readonly value: readonly [number, string];
}

export interface Rule {
  readonly type: 'alerting' | 'recording';
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly duration?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>;

/**
 * Starts Prometheus on loopback with the configuration of compose.yaml, apart from its target, the file of its token and
 * its intervals, which are a second here.
 */
export async function startPrometheus(target: string, token: string) {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const tokenFile = join(folder, 'token');
  const original = await readFile(repositoryPath(`${CONFIGURATION}/prometheus.yml`), 'utf8');
  const configuration = [
    ['/tmp/admin-token', tokenFile],
    ['api:8080', target],
    ['rules/', repositoryPath(`${CONFIGURATION}/rules/`)],
    ['scrape_interval: 5s', 'scrape_interval: 1s'],
    ['evaluation_interval: 30s', 'evaluation_interval: 1s'],
  ].reduce((text, [from = '', to = '']) => {
    if (!text.includes(from)) throw new Error(`expected ${from} in ${CONFIGURATION}/prometheus.yml`);
    return text.replace(from, to);
  }, original);
  const file = join(folder, 'prometheus.yml');
  await writeFile(file, configuration);
  const port = await freePort();
  const child = spawn(
    'sh',
    [
      repositoryPath(`${CONFIGURATION}/with-token.sh`),
      'prometheus',
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    {
      env: { ...process.env, ADMIN_TOKEN: token, TOKEN_FILE: tokenFile },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });

  async function get<Data>(path: string): Promise<Data> {
    if (child.exitCode !== null) throw new Error(`Prometheus has ended: ${log}`);
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, error, data } = (await response.json()) as { status: string; error?: string; data: Data };
    if (status !== 'success') throw new Error(`Prometheus refused ${decodeURIComponent(path)}: ${error}`);
    return data;
  }

  return {
    configurationFile: file,
    query: async (expression: string): Promise<readonly Sample[]> => {
      const { result } = await get<{ result: readonly Sample[] }>(
        `query?query=${encodeURIComponent(expression)}`,
      );
      return result;
    },
    rules: async (): Promise<readonly Rule[]> => {
      const { groups } = await get<{ groups: readonly { readonly rules: readonly Rule[] }[] }>('rules');
      return groups.flatMap(({ rules }) => rules);
    },
    stop: () => child.kill('SIGKILL'),
  };
}
