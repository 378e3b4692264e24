import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arch } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../scripts/lib/system/free-port.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import { answerOf, expectDocumented, expectProblem } from '../support/openapi.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const environment = { ...process.env, SAM_CLI_TELEMETRY: '0' };
const architecture = `Architecture=${arch === 'arm64' ? 'arm64' : 'x86_64'}`;
const cat = readRepositoryFile('examples/cat.jpg');

describe.skipIf(inject('sam') === '')('the SAM CLI', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sam-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('sam local invoke', { timeout: 120_000 }, async () => {
    const event = join(directory, 'event.json');
    await writeFile(event, JSON.stringify(restEvent({ method: 'POST', path: '/predict', body: cat })));
    const { stdout } = await promisify(execFile)(
      inject('sam'),
      ['local', 'invoke', '--event', event, '--parameter-overrides', architecture],
      { cwd: repository, env: environment },
    );
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ statusCode: 200 });
    expect(JSON.parse(result.body)).toMatchObject({
      predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}],
    });
  });

  describe('sam local start-api', () => {
    let gateway: ChildProcess;
    let url: string;
    beforeAll(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      gateway = spawn(
        inject('sam'),
        [
          'local',
          'start-api',
          '--port',
          String(port),
          '--warm-containers',
          'LAZY',
          '--parameter-overrides',
          architecture,
        ],
        { cwd: repository, env: environment, stdio: 'ignore' },
      );
      await retry(() => fetch(`${url}/health`), { timeoutMs: 55_000, pauseMs: 200 });
    });
    afterAll(async () => {
      const exit = once(gateway, 'exit');
      gateway.kill('SIGINT');
      await exit;
    });

    test('an image as a raw body', async () => {
      const response = await fetch(`${url}/predict`, {
        method: 'POST',
        body: cat,
        headers: { 'content-type': 'image/jpeg' },
      });
      const answer = await answerOf(response);
      expectDocumented('POST', '/predict', answer);
      expect(answer).toMatchObject({
        status: 200,
        body: { predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}] },
      });
    });

    test('a form', async () => {
      const form = new FormData();
      form.append('file', new Blob([cat]), 'cat.jpg');
      expect(await answerOf(await fetch(`${url}/predict`, { method: 'POST', body: form }))).toMatchObject({
        status: 200,
        body: { image: { bytes: cat.byteLength } },
      });
    });

    test('the page, and a problem response', async () => {
      expect((await fetch(url)).headers.get('content-type')).toMatch('text/html');
      expectProblem(await answerOf(await fetch(`${url}/nope`)), 404, 'not_found');
    });
  });
});
