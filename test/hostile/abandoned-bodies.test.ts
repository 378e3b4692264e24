import { once } from 'node:events';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../lambda/config.ts';
import type { AppEnv } from '../../lambda/http/context.ts';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import type { Refusal } from '../../lambda/telemetry/requests.ts';
import { head, talk } from './support.ts';

let server: RunningServer;
let port: number;
const refusals: Refusal[] = [];

beforeAll(async () => {
  const app = new Hono<AppEnv>();
  // Answers before the body has arrived, as a route does that refuses the query.
  app.post('/early', (c) => c.json({ code: 'unsupported_by_model' }, 422));
  app.post('/whole', async (c) => {
    await c.env.readBody?.(() => undefined);
    return c.text('read');
  });
  app.onError((_error, c) => c.text('broken', 400));
  server = await startServer(app, readConfig({ PORT: '0' }).server, {
    onRefusal: (refusal) => refusals.push(refusal),
  });
  port = Number(new URL(server.url).port);
});
afterAll(() => server.drain({ noticeMs: 0 }));
afterEach(() => {
  refusals.length = 0;
});

const codes = () => refusals.map(({ error }) => error.code);

const post = (path: string, ...headers: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n');
const chunked = (path: string) => post(path, 'transfer-encoding: chunked');
const sized = (path: string, bytes: number) => post(path, `content-length: ${bytes}`);
const last = head('GET', '/nowhere', []);

/** A client that keeps its connection. */
async function openClient() {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  // The server may reset the connection, because it does not read what is left.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.once('end', () => socket.end());
  await once(socket, 'connect');
  const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return {
    write: (piece: string) => socket.write(piece),
    end: () => socket.end(),
    answers: (count: number) => expect.poll(() => statuses().length).toBe(count),
    /** The statuses of all answers, once the server has closed the connection. */
    async allStatuses() {
      await closed;
      return statuses();
    },
  };
}

describe('what follows an answer to half of a body is no request that was refused', () => {
  test.each([
    ['a chunk without a size', chunked('/early'), 'zz\r\n'],
    ['another request in place of a chunk', chunked('/early'), last],
    ['another request in place of the rest, and after it', sized('/early', 10), `${last}${last}`],
    ['the rest, and then no request', sized('/early', 10), '67890hello\r\n\r\n'],
  ])('%s', async (_what, start, rest) => {
    const client = await openClient();
    client.write(start + (start.includes('chunked') ? '5\r\n12345\r\n' : '12345'));
    await client.answers(1);
    client.write(rest);
    expect(await client.allStatuses()).toEqual([422]);
    expect(codes()).toEqual([]);
  });

  test('the end of the connection', async () => {
    const client = await openClient();
    client.write(`${sized('/early', 500_000)}12345`);
    await client.answers(1);
    client.end();
    expect(await client.allStatuses()).toEqual([422]);
    expect(codes()).toEqual([]);
  });

  test.each([
    ['a chunk without a size', 'zz\r\n'],
    ['the end of the connection', ''],
  ])('while the answer waits for the rest: %s', async (_what, rest) => {
    const start = head('POST', '/early', [['transfer-encoding', 'chunked']]);
    const { status } = await talk(port, [`${start}5\r\n12345\r\n`, rest], { end: rest === '' });
    expect(status).toBe(422);
    expect(codes()).toEqual([]);
  });
});

describe('a request that is not valid is recorded once', () => {
  test('as the first of its connection', async () => {
    await talk(port, ['hello\r\n\r\n']);
    expect(codes()).toEqual(['invalid_request']);
  });

  test('in its own body', async () => {
    const client = await openClient();
    client.write(`${chunked('/whole')}5\r\n12345\r\nzz\r\n`);
    expect(await client.allStatuses()).toEqual([400]);
    expect(codes()).toEqual(['invalid_request']);
  });

  test('after a whole request that was answered', async () => {
    const client = await openClient();
    client.write(`${sized('/whole', 5)}12345`);
    await client.answers(1);
    client.write('hello\r\n\r\n');
    expect(await client.allStatuses()).toEqual([200, 400]);
    expect(codes()).toEqual(['invalid_request']);
  });

  test('after the rest of a body that came late, and another request', async () => {
    const client = await openClient();
    client.write(`${sized('/early', 10)}12345`);
    await client.answers(1);
    client.write(`67890${sized('/whole', 5)}12345`);
    await client.answers(2);
    client.write('hello\r\n\r\n');
    expect(await client.allStatuses()).toEqual([422, 200, 400]);
    expect(codes()).toEqual(['invalid_request']);
  });
});
