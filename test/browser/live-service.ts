import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Context, Hono } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { readConfig } from '../../lambda/config.ts';
import type { AppEnv } from '../../lambda/http/context.ts';
import { securityHeaders } from '../../lambda/http/middleware/security-headers.ts';
import { startServer } from '../../lambda/http/server/server.ts';

const PAGES = fileURLToPath(new URL('../../lambda/http/page/', import.meta.url));
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
};

/** How the fake service answers the next request for events. */
export type Answer =
  | { readonly kind: 'events' }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 404 | 503; readonly detail: string }
  | { readonly kind: 'token'; readonly token: string };

/** The files of the live view, and a stream whose events the tests send. */
export async function startLiveService() {
  const app = new Hono<AppEnv>();
  const streams = new Set<SSEStreamingApi>();
  let answer: Answer = { kind: 'events' };
  let first: (readonly [event: string, data: object])[] = [];
  const asked: (string | undefined)[] = [];

  app.use(securityHeaders());
  app.get('/live/events', (c) => {
    const authorization = c.req.header('authorization');
    asked.push(authorization);
    const refused =
      answer.kind === 'token' && authorization !== `Bearer ${answer.token}`
        ? { status: 401 as const, detail: 'Expected the token of the operator.' }
        : answer.kind === 'refused'
          ? answer
          : undefined;
    if (refused) return c.json({ detail: refused.detail }, refused.status);
    return streamSSE(c, async (stream) => {
      streams.add(stream);
      const gone = Promise.withResolvers<void>();
      stream.onAbort(() => {
        streams.delete(stream);
        gone.resolve();
      });
      for (const [event, data] of first) await stream.writeSSE({ event, data: JSON.stringify(data) });
      await gone.promise;
    });
  });
  const file = async (c: Context<AppEnv>, path: string) =>
    c.body(await readFile(`${PAGES}${path}`), 200, {
      'content-type': MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
    });
  app.get('/live', (c) => file(c, 'live/live.html'));
  app.get('/theme.css', (c) => file(c, 'theme.css'));
  app.get('/live/:name{[a-z-]+\\.(js|css)}', (c) => file(c, `live/${c.req.param('name')}`));

  const config = readConfig({ PORT: '0', LOG_LEVEL: 'SILENT' });
  const server = await startServer(app, config.server);
  return {
    url: server.url,
    /** The Authorization headers of the requests for events so far. */
    asked,
    /** How many pages read the events. */
    readers: () => streams.size,
    /** Sets how it answers, and what it sends first. */
    answerWith(next: Answer, events: typeof first = []): void {
      answer = next;
      first = events;
      asked.length = 0;
    },
    /** Sends an event to every reader. */
    async send(event: string, data: object): Promise<void> {
      for (const stream of streams) await stream.writeSSE({ event, data: JSON.stringify(data) });
    },
    /** Ends all streams, as a service does that stops. */
    async cut(): Promise<void> {
      for (const stream of streams) {
        stream.abort();
        await stream.close();
      }
      streams.clear();
    },
    stop: () => server.drain({ noticeMs: 0 }),
  };
}
