import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type RunningServer, type ServerSettings, startServer } from '../../../lambda/http/server/server.ts';

type App = Parameters<typeof startServer>[0];

const SETTINGS: ServerSettings = {
  host: '127.0.0.1',
  port: 0,
  maxConnections: 64,
  addressShare: 1,
  requestTimeoutMs: 30_000,
  drainNoticeMs: 0,
};
const IMPATIENT: ServerSettings = { ...SETTINGS, requestTimeoutMs: 500 };

/** What the HTTP server answers to requests that it refuses before they reach the app. */
export async function recordRefusals(app: App) {
  const [refused, timedOut] = await Promise.all([startServer(app, SETTINGS), startServer(app, IMPATIENT)]);
  try {
    return {
      malformed_http: await refusal(refused, 'GET /health HTTP/1.1\r\nno colon\r\n\r\n'),
      expectation_failed: await refusal(refused, requestWith('expect: 200-ok')),
      headers_too_large: await refusal(refused, requestWith(`x-large: ${'x'.repeat(20_000)}`)),
      request_timeout: await refusal(timedOut, 'POST /predict HTTP/1.1\r\n'),
    };
  } finally {
    await Promise.all([refused.drain(), timedOut.drain()]);
  }
}

const requestWith = (header: string) => `GET /health HTTP/1.1\r\nhost: localhost\r\n${header}\r\n\r\n`;

async function refusal({ url }: RunningServer, request: string): Promise<unknown> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(request);
  const answer = await text(socket);
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
}
