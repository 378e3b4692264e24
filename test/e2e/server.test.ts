import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { flatWebp } from '../hostile/flat.ts';
import { talk } from '../hostile/support.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const running: ServiceProcess[] = [];
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});

function startLocal(
  environment: Record<string, string> = {},
  nodeArguments: readonly string[] = [],
): ServiceProcess {
  const service = startProcess([...nodeArguments, 'lambda/server.ts'], { PORT: '0', ...environment });
  running.push(service);
  return service;
}

async function urlOf(service: ServiceProcess): Promise<string> {
  const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
  return String(message).slice('Ready on '.length);
}

describe('the HTTP server', () => {
  test('decodes large pictures without a temporary folder', { timeout: 60_000 }, async () => {
    const url = await urlOf(startLocal({ TMPDIR: '/nonexistent' }));
    const body = new Uint8Array(flatWebp(6000, 6000));
    const response = await fetch(`${url}/predict`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ image: expect.objectContaining({ format: 'webp', width: 6000 }) }),
    ]);
  });

  test('classifies, logs one line for each request and stops cleanly on SIGTERM', async () => {
    const service = startLocal({ STAGE: 'test' });
    const url = await urlOf(service);
    const body = readRepositoryFile('examples/cat.jpg');
    const response = await fetch(`${url}/predict?top_k=1`, { method: 'POST', body });
    const answer = (await response.json()) as { request_id: string };
    expect(answer).toMatchObject({ predictions: [{ label: 'Egyptian cat' }] });

    const line = await service.logged(({ message }) => message === 'request');
    expect(line).toMatchObject({
      level: 'INFO',
      service: 'resnet50',
      stage: 'test',
      request_id: answer.request_id,
      method: 'POST',
      route: '/predict',
      status: 200,
      model_version: '1.0.0',
      cold_start: true,
      images: [{ format: 'jpeg', width: 451, height: 300, bytes: body.byteLength, top1_index: 285 }],
    });
    service.process.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(service.logs().filter(({ message }) => message === 'request')).toHaveLength(1);
    expect(
      service
        .stderr()
        .split('\n')
        .filter((text) => text && !text.includes('event loop')),
    ).toEqual([]);
  });

  // ONNX Runtime would send telemetry from a native thread with the name of the main thread. Further threads
  // of a session have that name too, so this session has only one.
  test.runIf(process.platform === 'linux')('ONNX Runtime sends no telemetry', async () => {
    const service = startLocal({ INTRA_OP_THREADS: '1' });
    await urlOf(service);
    const tasks = `/proc/${service.process.pid}/task`;
    const names = await Promise.all(
      (await readdir(tasks)).map((thread) => readFile(`${tasks}/${thread}/comm`, 'utf8')),
    );
    expect(names.filter((name) => name === names[0])).toHaveLength(1);
  });

  test('a request that the HTTP parser refuses has a log line with the same request id as the answer', async () => {
    const service = startLocal();
    const { port } = new URL(await urlOf(service));
    const { json, status } = await talk(Number(port), ['nonsense\r\n\r\n']);
    expect(status).toBe(400);
    const line = await service.logged(({ message }) => message === 'refused');
    expect(line).toMatchObject({
      level: 'INFO',
      request_id: (json as { request_id: string }).request_id,
      status: 400,
      code: 'invalid_request',
      client_address: '127.0.0.1',
    });
  });

  test('a request in flight at SIGTERM is answered and logged', async () => {
    const service = startLocal();
    const url = await urlOf(service);
    const body = readRepositoryFile('examples/rocket.jpg');
    const responses = Array.from({ length: 8 }, () => fetch(`${url}/predict`, { method: 'POST', body }));
    await Promise.race(responses);
    service.process.kill('SIGTERM');
    const statuses = await Promise.all(responses.map(async (response) => (await response).status));
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await service.exitCode).toBe(0);
    const messages = service.logs().map(({ message }) => message);
    expect(messages.filter((message) => message === 'request')).toHaveLength(8);
    expect(messages.at(-1)).toBe('Stopped');
  });

  test('loads libvips in the background, and keeps classifying JPEGs if that fails', async () => {
    const service = startLocal({}, ['--import', './test/e2e/broken-sharp.ts']);
    const url = await urlOf(service);
    await expect
      .poll(service.stderr, { timeout: 10_000 })
      .toMatch(/"CRITICAL".*"The image decoder could not be loaded"/);
    const statusOf = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).status;
    expect(await statusOf('/ready')).toBe(503);
    expect(await statusOf('/health')).toBe(200);
    const photo = (name: string) => ({ method: 'POST', body: readRepositoryFile(`examples/${name}`) });
    expect(await statusOf('/predict', photo('cat.jpg'))).toBe(200);
    expect(await statusOf('/predict', photo('cat.png'))).toBe(503);
    service.process.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
  });

  test.each([
    [
      { PORT: 'http', MAX_PIXEL: '5' },
      /^Cannot start\. Invalid settings:\n {2}PORT: expected a whole number from 0 to 65535, got "http"\n {2}MAX_PIXEL is not a setting of the service; did you mean MAX_PIXELS\?\n$/,
    ],
    [
      { MODELS: '/nowhere' },
      /^Cannot start\. MODELS: expected a folder with a model bundle, got \/nowhere \(no manifest\.json\); see docs\/troubleshooting\.md#no-model-in-the-folder\n$/,
    ],
  ])('does not start with %j, and says why', async (environment, message) => {
    const service = startLocal(environment);
    expect(await service.exitCode).toBe(1);
    expect(service.stderr()).toMatch(message);
  });

  test('suggests another port when the port is in use', async () => {
    const { port } = new URL(await urlOf(startLocal()));
    const second = startLocal({ PORT: port });
    expect(await second.exitCode).toBe(1);
    expect(second.stderr()).toBe(
      `Cannot start. Port ${port} is in use. Set PORT to another one, for example: PORT=${Number(port) + 1} npm start\n`,
    );
  });

  test('names the address that it cannot listen on', async () => {
    const service = startLocal({ HOST: '192.0.2.1' });
    expect(await service.exitCode).toBe(1);
    expect(service.stderr()).toBe(
      'Cannot start. HOST: expected an address of this machine, got 192.0.2.1 (EADDRNOTAVAIL)\n',
    );
  });

  test('does not start with a damaged model', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'damaged-'));
    await cp(MODEL_DIR, directory, { recursive: true });
    await writeFile(join(directory, 'resnet50-int8.onnx'), 'not a model');
    const service = startLocal({ MODELS: directory });
    expect(await service.exitCode).toBe(1);
    expect(service.stderr()).toMatch(
      /^Cannot start\. .*resnet50-int8\.onnx: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}; see docs\/troubleshooting\.md#model-checksum\n$/,
    );
    await rm(directory, { recursive: true });
  });
});
