import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { existingContainer } from '../../scripts/lib/docker/container.ts';
import { INVOKE_PATH } from '../../scripts/lib/docker/docker.ts';
import { execBesideService } from '../../scripts/lib/docker/service-process.ts';
import { freePort } from '../../scripts/lib/system/free-port.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { jobClient } from '../support/job-client.ts';
import { restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const project = `test-${process.pid}`;
const ADMIN_TOKEN = 'the-token-of-the-tests';

describe.skipIf(inject('compose').length === 0)('compose.yaml', () => {
  let ports: { readonly api: number; readonly rie: number };
  async function compose(...args: readonly string[]): Promise<string> {
    const [command = '', ...words] = inject('compose');
    const { stdout } = await promisify(execFile)(command, [...words, '--project-name', project, ...args], {
      cwd: repository,
      env: { ...process.env, PORT: String(ports.api), RIE_PORT: String(ports.rie), ADMIN_TOKEN },
    });
    return stdout.trim();
  }
  const container = async (service: 'api' | 'rie') =>
    existingContainer(await compose('ps', '--quiet', service), `127.0.0.1:${ports[service]}`);

  beforeAll(async () => {
    ports = { api: await freePort(), rie: await freePort() };
    await compose('up', '--detach', 'api', 'rie');
  });
  afterAll(() => compose('down', '--volumes', '--timeout', '10'));

  const predict = (url: string) =>
    retry(async () => {
      const response = await fetch(`${url}/predict?top_k=1`, {
        method: 'POST',
        body: readRepositoryFile('examples/cat.jpg'),
      });
      return (await response.json()) as object;
    });

  test('serves the API and turns healthy', async () => {
    const api = await container('api');
    expect(await predict(api.url)).toMatchObject({ predictions: [{ label: 'Egyptian cat' }] });
    await retry(async () => expect(await api.inspect('.State.Health.Status')).toBe('healthy'), {
      pauseMs: 200,
    });
  });

  test('shows the metrics to those who send the token, and to nobody else', async () => {
    const { url } = await container('api');
    const status = async (authorization: string) => {
      const { status } = await retry(() => fetch(`${url}/metrics`, { headers: { authorization } }));
      return status;
    };
    expect(await status(`Bearer ${ADMIN_TOKEN}`)).toBe(200);
    expect(await status(`Bearer ${ADMIN_TOKEN}x`)).toBe(401);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
  });

  test('keeps uploads and jobs in a volume, and goes on with them after kill -9', async () => {
    const api = await container('api');
    const mounts = JSON.parse(await api.inspect('json .Mounts'));
    expect(mounts).toMatchObject([
      { Type: 'volume', Name: `${project}_data`, Destination: '/data', RW: true },
    ]);
    const client = jobClient(api.url);
    const photo = readRepositoryFile('examples/cat.jpg');
    const uploads = await Promise.all(Array.from({ length: 20 }, () => retry(() => client.upload(photo))));
    const { job_id } = await client.createJob(uploads);
    await execBesideService(api, "process.kill(service, 'SIGKILL')").catch(() => undefined);
    const job = await retry(() => client.ended(job_id));
    expect(job).toMatchObject({ status: 'succeeded', counts: { total: 20, succeeded: 20, failed: 0 } });
    expect(await client.results(job_id)).toHaveLength(20);
  });

  test('starts the emulator', async () => {
    const { url } = await container('rie');
    const response = await retry(() =>
      fetch(`${url}${INVOKE_PATH}`, { method: 'POST', body: JSON.stringify(restEvent({ path: '/ready' })) }),
    );
    expect(await response.json()).toMatchObject({ statusCode: 200 });
  });

  test.each(['api', 'rie'] as const)('%s has no privileges and limited resources', async (service) => {
    const { inspect } = await container(service);
    const settings = JSON.parse(await inspect('json .HostConfig'));
    expect(settings).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Memory: 1769 * 2 ** 20,
      MemorySwap: 1769 * 2 ** 20,
      NanoCpus: 2e9,
      PidsLimit: 256,
      Init: true,
      RestartPolicy: { Name: 'unless-stopped' },
    });
    expect(Object.keys(settings.Tmpfs)).toEqual(['/tmp']);
  });

  test.each(['prometheus', 'grafana'])(
    '%s of the profile monitoring is pinned, has no privileges, and is published on loopback only',
    async (service) => {
      const config = await compose('--profile', 'monitoring', 'config');
      // A service is indented by two spaces, and what is below it by more.
      const [, settings = ''] = new RegExp(`^  ${service}:\\n((?: {3,}.*\\n)+)`, 'm').exec(config) ?? [];
      expect(settings).toMatch(/image: \S+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/m);
      for (const setting of [
        /read_only: true/,
        /cap_drop:\s+- ALL/,
        /no-new-privileges:true/,
        /pids_limit: 256/,
        /mem_limit: \S+/,
        /memswap_limit: \S+/,
      ]) {
        expect(settings).toMatch(setting);
      }
      // Each port is one item of the list, in the short or the long notation.
      const [, ports = ''] = /^ {4}ports:\n((?:(?! {4}\w).*\n)+)/m.exec(settings) ?? [];
      expect(ports.match(/^ +- /gm)).toHaveLength(1);
      expect(ports).toContain('127.0.0.1');
      if (service === 'prometheus') expect(settings).toContain(`ADMIN_TOKEN: ${ADMIN_TOKEN}`);
      expect(settings).not.toMatch(/PASSWORD/);
    },
  );

  test.each([
    ['kill -9 of the process', "process.kill(service, 'SIGKILL')"],
    [
      'an out-of-memory kill',
      // The highest score makes the kernel kill the service, not the process that takes the memory.
      `fs.writeFileSync('/proc/' + service + '/oom_score_adj', '1000');
       for (const taken = []; ; ) taken.push(Buffer.alloc(2 ** 26, 1));`,
    ],
  ])('restarts the service after %s', async (_what, end) => {
    const api = await container('api');
    const restarts = Number(await api.inspect('.RestartCount'));
    const before = await api.inspect('.State.StartedAt');
    // This process ends together with the container.
    await execBesideService(api, end).catch(() => undefined);
    await retry(async () => expect(await api.inspect('.RestartCount')).toBe(String(restarts + 1)), {
      pauseMs: 50,
    });
    expect(await predict(api.url)).toMatchObject({ predictions: [{ label: 'Egyptian cat' }] });
    expect(await api.inspect('.State.StartedAt')).not.toBe(before);
  });

  test('stops cleanly', async () => {
    const stopped = await container('api');
    const start = performance.now();
    await compose('stop', '--timeout', '10', 'api');
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await stopped.inspect('.State.ExitCode')).toBe('0');
  });
});
