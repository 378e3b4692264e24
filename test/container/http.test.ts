import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Container, startContainer } from '../../scripts/lib/docker/container.ts';
import { docker } from '../../scripts/lib/docker/docker.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { readRepositoryFile } from '../support/model.ts';
import { answerOf, expectDocumented, expectProblem, GET_PATHS, requestPath } from '../support/openapi.ts';
import { IMAGE_PAGE_FILES } from '../support/pages.ts';
import { LOCKED_DOWN } from './limits.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const rocket = readRepositoryFile('examples/rocket.jpg');
const startServer = (...options: readonly string[]) => startContainer({ options, command: ['http'] });
const ready = ({ url }: Container) =>
  retry(async () => {
    const { status } = await fetch(`${url}/ready`);
    if (status !== 200) throw new Error(`Expected 200 from /ready, got ${status}`);
  });

describe.skipIf(!inject('engine'))('the HTTP server in its container', () => {
  let server: Container;
  beforeAll(async () => {
    server = await startServer(...LOCKED_DOWN, '--health-interval=1s', '--env=MAX_IN_FLIGHT=64');
    await ready(server);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const send = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  const post = (path: string, body: NonNullable<RequestInit['body']>, type?: string) =>
    send(path, { method: 'POST', body, ...(type ? { headers: { 'content-type': type } } : {}) });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const form = (...images: readonly Uint8Array<ArrayBuffer>[]) => {
    const data = new FormData();
    for (const image of images) data.append('file', new Blob([image]), 'photo.jpg');
    return data;
  };

  test.each([
    ['raw', () => post('/predict', cat, 'image/jpeg')],
    ['as a form', () => post('/predict', form(cat))],
    ['in base64', () => post('/predict', JSON.stringify({ image: base64(cat) }), 'application/json')],
  ])('POST /predict of an image %s', async (_how, predict) => {
    const answer = await answerOf(await predict());
    expectDocumented('POST', '/predict', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: { predictions: [{ label: 'Egyptian cat' }, {}, {}, {}, {}] },
    });
  });

  test('POST /predict/batch', async () => {
    const answer = await answerOf(await post('/predict/batch?top_k=1', form(cat, rocket)));
    expectDocumented('POST', '/predict/batch', answer);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        results: [
          { predictions: [{ label: 'Egyptian cat' }] },
          { predictions: [{ label: 'drilling platform' }] },
        ],
      },
    });
  });

  test('POST /predict/url refuses the container’s own network', async () => {
    const answer = await answerOf(
      await post('/predict/url', JSON.stringify({ url: 'https://127.0.0.1/cat.jpg' }), 'application/json'),
    );
    expectDocumented('POST', '/predict/url', answer);
    expectProblem(answer, 403, 'url_not_allowed');
  });

  test.each(GET_PATHS)('GET %s', async (path) => {
    const answer = await answerOf(await send(requestPath(path, 'resnet50')));
    expectDocumented('GET', path, answer);
    expect(answer.status).toBe(200);
  });

  test.each([...IMAGE_PAGE_FILES, ['/openapi.json', 'application/json'] as const])(
    'GET %s',
    async (path, mediaType) => {
      const response = await send(path);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
      expect((await response.bytes()).byteLength).toBeGreaterThan(100);
    },
  );

  test('errors are problem responses', async () => {
    expectProblem(await answerOf(await send('/nope')), 404, 'not_found');
    expectProblem(
      await answerOf(await post('/predict', 'this is not an image')),
      415,
      'unsupported_media_type',
    );
  });

  test('answers 50 concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/predict', cat)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    await Promise.all(answers.map((answer) => answer.bytes()));
  });

  test('the health check turns healthy', async () => {
    await retry(async () => expect(await server.inspect('.State.Health.Status')).toBe('healthy'), {
      pauseMs: 200,
    });
  });

  test('writes only its log, as JSON', async () => {
    for (const line of (await server.logs()).trim().split('\n'))
      expect(() => JSON.parse(line), line).not.toThrow();
    expect(await docker('diff', server.id)).toBe('');
    expect(await server.exec('node', '--print', "fs.readdirSync('/tmp').join()")).toBe('');
  });
});

describe.skipIf(!inject('engine'))('the health check', () => {
  test('fails while the server is not ready', async () => {
    await using server = await startServer('--init', '--env=PORT=9999');
    await retry(() => server.exec('node', 'healthcheck.mjs'));
    await expect(docker('exec', '--env=PORT=1', server.id, 'node', 'healthcheck.mjs')).rejects.toThrow();
  });

  test('sends nothing to the emulator', async () => {
    await using emulator = await startContainer({ options: ['--health-interval=1s'] });
    await retry(async () => expect(await emulator.inspect('.State.Health.Status')).toBe('healthy'), {
      pauseMs: 200,
    });
    expect(await emulator.logs()).not.toContain('START RequestId');
  });
});

/** An upload in two parts, so that a signal can arrive in the middle. */
async function beginUpload(url: string) {
  const sent = request(`${url}/predict`, {
    method: 'POST',
    agent: false,
    headers: { 'content-length': cat.byteLength },
  });
  const response = once(sent, 'response');
  response.catch(() => {});
  sent.write(cat.subarray(0, 10_000));
  await once(sent, 'socket');
  return async (): Promise<number> => {
    sent.end(cat.subarray(10_000));
    const [answer] = await response;
    for await (const _chunk of answer);
    return answer.statusCode;
  };
}

describe.skipIf(!inject('engine'))('SIGTERM', () => {
  test.each([
    ['the server alone', []],
    ['an init process', ['--init']],
  ])('under load, with %s: answers every accepted request', async (_how, options) => {
    await using server = await startServer(...LOCKED_DOWN, ...options);
    await ready(server);
    // Not through the published port: the engine accepts connections there that the server does not.
    const url = `http://${await server.inspect('.NetworkSettings.IPAddress')}:8080`;

    const uploads = await Promise.all(Array.from({ length: 8 }, () => beginUpload(url)));
    let answered = 0;
    const load = Array.from({ length: 4 }, async () => {
      for (;;) {
        const response = await fetch(`${url}/predict`, {
          method: 'POST',
          body: cat,
          headers: { connection: 'close' },
        }).catch(() => undefined);
        if (!response) return;
        expect(response.status).toBe(200);
        await response.bytes();
        answered += 1;
      }
    });
    await retry(async () => expect(answered).toBeGreaterThan(20));

    const start = performance.now();
    await docker('kill', '--signal=TERM', server.id);
    await Promise.all(load);
    const statuses = await Promise.all(uploads.map((finish) => finish()));
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await docker('wait', server.id)).toBe('0');
    expect(performance.now() - start).toBeLessThan(10_000);

    const requests = (await server.logs()).split('\n').filter((line) => line.includes('"route":"/predict"'));
    expect(requests.filter((line) => !line.includes('"status":200'))).toEqual([]);
    expect(requests).toHaveLength(answered + uploads.length);
  });

  test('also stops the emulator', async () => {
    await using emulator = await startContainer({});
    // The kernel drops signals to the first process of a container unless the process handles them.
    await retry(() => fetch(emulator.url));
    const start = performance.now();
    await docker('stop', '--time=10', emulator.id);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await emulator.inspect('.State.ExitCode')).toBe('0');
  });
});

describe.skipIf(!inject('engine'))('a server that cannot start', () => {
  test('logs the reason in one line', async () => {
    await using server = await startServer('--env=PORT=http');
    expect(await docker('wait', server.id)).toBe('1');
    expect(await server.logs()).toMatch(/^Cannot start\. Invalid settings:\n {2}PORT: [^\n]*\n$/);
  });
});
