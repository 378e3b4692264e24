import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { type FolderJobs, folderJobs } from '../support/folder-jobs.ts';

const MAX_JOBS = 20;
const ATTACKER = '127.0.0.2';
const OTHER = '127.0.0.3';

let jobs: FolderJobs;
let server: RunningServer;
beforeAll(async () => {
  jobs = await folderJobs({ DATA_MIB: '1024', MAX_JOBS: String(MAX_JOBS) });
  jobs.engine.stop();
  server = await startServer(jobs.app, { ...jobs.config.server, port: 0 });
});
afterAll(async () => {
  await server?.drain({ noticeMs: 0 });
  await jobs?.close();
});

let keys = 0;
/** Sends a request from one of the addresses of this machine, each time with another key. */
function post(localAddress: string, path: string, body: object): Promise<number> {
  keys += 1;
  const headers = { 'content-type': 'application/json', 'x-api-key': `key ${keys}`, connection: 'close' };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { port } = new URL(server.url);
  const outgoing = request(
    { host: '127.0.0.1', port, path, method: 'POST', headers, localAddress },
    (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    },
  );
  outgoing.on('error', reject).end(JSON.stringify(body));
  return promise;
}

/** Sends a request until it is refused. @returns how often it was not, and the status of the refusal. */
async function untilRefused(path: string, body: object, most: number) {
  for (let accepted = 0; accepted <= most; accepted += 1) {
    const status = await post(ATTACKER, path, body);
    if (status >= 300) return { accepted, status };
  }
  throw new Error(`expected a refusal after at most ${most} requests`);
}

// macOS has 127.0.0.1 only.
test.skipIf(process.platform !== 'linux')(
  'an address that announces large uploads under many keys leaves room for others',
  async () => {
    const lists = { bytes: 100_000_000, content_type: 'text/plain' };
    expect(await untilRefused('/uploads', lists, 10)).toEqual({ accepted: 3, status: 507 });
    expect((await untilRefused('/uploads', { bytes: 10_000_000 }, 20)).status).toBe(507);
    expect(await post(OTHER, '/uploads', lists)).toBe(201);
    expect(await post(OTHER, '/uploads', { bytes: 10_000_000 })).toBe(201);
  },
);

test.skipIf(process.platform !== 'linux')(
  'an address that creates jobs under many keys leaves some for others',
  async () => {
    const job = { inputs: [{ url: 'https://example.com/' }] };
    expect(await untilRefused('/jobs', job, MAX_JOBS)).toEqual({ accepted: MAX_JOBS / 2, status: 503 });
    expect(await post(OTHER, '/jobs', job)).toBe(202);
  },
);
