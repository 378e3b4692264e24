import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Container, startContainer } from '../../scripts/lib/docker/container.ts';
import { docker } from '../../scripts/lib/docker/docker.ts';
import { execBesideService } from '../../scripts/lib/docker/service-process.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { GIANTS, giant } from '../hostile/giants.ts';
import { cat, head, MIB, talk } from '../hostile/support.ts';
import { predictUntilClosed } from '../support/new-connections.ts';
import { LOCKED_DOWN } from './limits.ts';

/** Each round starts a container. The nightly run does more rounds. */
const ROUNDS = Number(process.env['DRAIN_ROUNDS'] ?? 3);

async function startServer(...options: readonly string[]): Promise<Container> {
  const server = await startContainer({ options: [...LOCKED_DOWN, ...options], command: ['http'] });
  await retry(async () => {
    const { status } = await fetch(`${server.url}/ready`);
    if (status !== 200) throw new Error(`Expected 200 from /ready, got ${status}`);
  });
  return server;
}

const json = (value: unknown) => JSON.stringify(value);

describe.skipIf(!inject('engine'))('a container of 1769 MiB', () => {
  let server: Container;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const post = (path: string, body: string | Uint8Array, type = 'application/octet-stream') =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer> | string,
      headers: { 'content-type': type },
    });
  async function expectAlive() {
    expect(await server.inspect('.State.OOMKilled')).toBe('false');
    expect(await server.inspect('.State.Running')).toBe('true');
    const answer = await post('/predict', cat);
    expect(answer.status).toBe(200);
    await answer.bytes();
  }

  test('survives images of extreme shapes, four at a time', { timeout: 120_000 }, async () => {
    const names = [...GIANTS, ...GIANTS].values();
    const sendAll = async () => {
      for (const name of names) {
        const answer = await post('/predict', await giant(name));
        await answer.bytes();
        expect([200, 422, 503], name).toContain(answer.status);
      }
    };
    await Promise.all([sendAll(), sendAll(), sendAll(), sendAll()]);
    await expectAlive();
  });

  test('survives bodies of 60 MB, 32 at a time', { timeout: 120_000 }, async () => {
    const bodies = [
      `{"images":[${'{},'.repeat(20_000_000)}{}]}`,
      `{"images":["${'\\u002b'.repeat(10_000_000)}"]}`,
      '['.repeat(60_000_000),
    ];
    const answers = Array.from({ length: 32 }, async (_, client) => {
      try {
        const answer = await post('/predict/batch', bodies[client % bodies.length] ?? '', 'application/json');
        await answer.bytes();
        return answer.status;
      } catch (error) {
        return ((error as Error).cause as NodeJS.ErrnoException).code;
      }
    });
    // The rest of a large body that is refused is not read, and its client may lose the answer.
    const expected = [200, 400, 503, 504, 408, 'EPIPE', 'ECONNRESET'];
    for (const answer of await Promise.all(answers)) expect(expected).toContain(answer);
    await expectAlive();
  });

  test('survives large bodies that stay incomplete, and serves photos meanwhile', {
    timeout: 120_000,
  }, async () => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    async function* large() {
      yield head('POST', '/predict', [['content-length', '20000000']]);
      for (let sent = 0; sent < 18; sent += 1) yield Buffer.alloc(MIB);
      await finished;
    }
    const port = Number(new URL(server.url).port);
    const held = Array.from({ length: 32 }, () => talk(port, large(), { abortAfterMs: 0 }));
    for (let round = 0; round < 10; round += 1) {
      await expectAlive();
      await sleep(100);
    }
    finish();
    await Promise.all(held);
  });

  test('drops batches of the most expensive images when their clients disconnect', {
    timeout: 120_000,
  }, async () => {
    const image = Buffer.from(await giant('png 7071 x 7071, 16 bits, alpha')).toString('base64');
    const body = json({ images: Array.from({ length: 4 }, () => image) });
    const port = Number(new URL(server.url).port);
    const start = head('POST', '/predict/batch', [
      ['content-type', 'application/json'],
      ['content-length', String(body.length)],
    ]);
    await Promise.all(Array.from({ length: 16 }, () => talk(port, [start, body], { abortAfterMs: 300 })));
    await expectAlive();
  });
});

/** A name server that never answers, in the service's container. */
const SILENT_NAME_SERVER =
  "require('node:dgram').createSocket('udp4').bind(53, '127.0.0.1'); setInterval(() => {}, 1000)";

describe.skipIf(!inject('engine'))('a name server that does not answer', () => {
  test('delays neither uploads nor the end of the process', { timeout: 60_000 }, async () => {
    await using server = await startServer('--dns=127.0.0.1');
    await docker('exec', '--detach', server.id, 'node', '--eval', SILENT_NAME_SERVER);
    await retry(() =>
      execBesideService(
        server,
        "if (!fs.readFileSync('/proc/net/udp', 'utf8').includes(':0035 ')) process.exit(1)",
      ),
    );
    const lookups = Array.from({ length: 32 }, async () => {
      const answer = await fetch(`${server.url}/predict/url`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json({ url: 'https://images.example/cat.jpg' }),
      }).catch(() => undefined);
      return answer?.status;
    });
    // Too large to be decoded on the main thread, so it needs a thread of the pool.
    const png = await giant('png 1 x 9,999,999').catch(() => cat);
    const decoded = await fetch(`${server.url}/predict`, { method: 'POST', body: new Uint8Array(png) });
    expect([200, 422]).toContain(decoded.status);
    const alive = await fetch(`${server.url}/predict`, { method: 'POST', body: cat });
    expect(alive.status).toBe(200);
    await docker('kill', '--signal=TERM', server.id);
    const start = performance.now();
    expect(await docker('wait', server.id)).toBe('0');
    expect(performance.now() - start).toBeLessThan(15_000);
    for (const status of await Promise.all(lookups)) expect([502, 504, undefined]).toContain(status);
  });
});

describe.skipIf(!inject('engine')).each([16, 64])(
  'SIGTERM under load from %i clients that keep opening connections',
  (clients) => {
    test(`loses no request in ${ROUNDS} rounds`, { timeout: ROUNDS * 30_000 }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await using server = await startServer('--env=DRAIN_NOTICE_MS=200');
        // Not through the published port: the engine accepts connections there that the server does not.
        const host = await server.inspect('.NetworkSettings.IPAddress');
        const load = predictUntilClosed({ host, port: 8080 }, clients);
        await sleep(300 + 37 * round);
        await docker('kill', '--signal=TERM', server.id);
        const { answered, lost } = await load;
        expect(lost, `round ${round}`).toEqual([]);
        expect(answered).toBeGreaterThan(0);
        expect(await docker('wait', server.id)).toBe('0');
      }
    });
  },
);
