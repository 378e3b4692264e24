import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { type FolderJobs, folderJobs } from '../support/folder-jobs.ts';
import { cat } from './support.ts';

interface Upload {
  readonly upload_id: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

let jobs: FolderJobs;
let server: RunningServer;
beforeAll(async () => {
  jobs = await folderJobs({ MEMORY_LIMIT_MIB: '512', REQUEST_TIMEOUT_MS: '20000' });
  server = await startServer(jobs.app, { ...jobs.config.server, port: 0 });
});
afterAll(async () => {
  await server?.drain({ noticeMs: 0 });
  await jobs?.close();
});

const local = (url: string) => {
  const { pathname, search } = new URL(url);
  return new URL(`${pathname}${search}`, server.url);
};
async function announce(bytes: number): Promise<Upload> {
  const response = await fetch(`${server.url}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bytes, content_type: 'image/jpeg' }),
  });
  return (await response.json()) as Upload;
}
const put = (url: string | URL, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'PUT', headers: { 'content-type': 'image/jpeg', ...headers }, body });
const predict = ({ upload_id }: Upload) =>
  fetch(`${server.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ upload_id }),
  });
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;

/** The files in the folder of uploads, whole or not. */
const files = async () => (await readdir(join(jobs.folder, 'uploads'))).sort();

/** Sends the head of a PUT, and a part of its body. */
async function begin(upload: Upload, framing: string, start: string | Uint8Array): Promise<Socket> {
  const { pathname, search, port } = local(upload.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    `PUT ${pathname}${search} HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/jpeg\r\n${framing}\r\n\r\n`,
  );
  socket.write(start);
  return socket;
}
async function answerOn(socket: Socket): Promise<string> {
  const [piece] = await once(socket, 'data');
  socket.destroy();
  return String(piece).split('\r\n', 1)[0] ?? '';
}

describe('the file of an upload', () => {
  test('that is abandoned leaves nothing, and can be sent again', async () => {
    const upload = await announce(1_000_000);
    const socket = await begin(upload, 'content-length: 1000000', new Uint8Array(200_000));
    await expect.poll(files).toEqual([expect.stringContaining(upload.upload_id)]);
    socket.destroy();
    await expect.poll(files).toEqual([]);
    expect(jobs.budgets.bodies.used()).toBe(0);
    expect(await codeOf(await predict(upload))).toBe('upload_not_found');
    expect((await put(local(upload.url), new Uint8Array(1_000_000))).status).toBe(204);
  });

  test.each([
    ['more', `ffff0\r\n${'x'.repeat(0xf_fff0)}\r\n`],
    ['less', '5\r\nhello\r\n0\r\n\r\n'],
  ])('in chunks with %s bytes than announced is refused', async (_what, chunks) => {
    const before = await files();
    const upload = await announce(1000);
    const socket = await begin(upload, 'transfer-encoding: chunked', chunks);
    expect(await answerOn(socket)).toBe('HTTP/1.1 400 Bad Request');
    await expect.poll(files).toEqual(before);
    expect(await codeOf(await predict(upload))).toBe('upload_not_found');
  });

  test('that arrives too slowly is refused, and holds little until then', async () => {
    const uploads = await Promise.all(Array.from({ length: 20 }, () => announce(10_000_000)));
    const sockets = await Promise.all(
      uploads.map((upload) => begin(upload, 'content-length: 10000000', new Uint8Array(1000))),
    );
    await expect.poll(() => jobs.budgets.bodies.used()).toBeGreaterThan(0);
    expect(jobs.budgets.bodies.used()).toBeLessThanOrEqual(20 * 128 * 1024);
    // A photo gets through meanwhile.
    expect((await fetch(`${server.url}/predict`, { method: 'POST', body: cat })).status).toBe(200);
    const answers = await Promise.all(sockets.map(answerOn));
    expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 408 Request Timeout']));
    await expect.poll(() => jobs.budgets.bodies.used()).toBe(0);
  }, 30_000);

  test('needs the token of its own upload', async () => {
    const before = await files();
    const [upload, other] = await Promise.all([announce(cat.byteLength), announce(cat.byteLength)]);
    const url = local(upload.url);
    const token = url.searchParams.get('token') ?? '';
    const wrong = [
      '',
      token.slice(1),
      `${token}x`,
      'x'.repeat(10_000),
      new URL(other.url).searchParams.get('token'),
    ];
    for (const text of wrong) {
      url.searchParams.set('token', text ?? '');
      expect([text, (await put(url, cat)).status]).toEqual([text, 403]);
    }
    expect((await put(`${local(upload.url)}&token=${token}`, cat)).status).toBe(403);
    expect(await files()).toEqual(before);
    expect((await put(local(upload.url), cat)).status).toBe(204);
  });

  test.each([
    '..%2F..%2Fjobs.sqlite',
    '%2e%2e%2fx',
    '.',
    '%00',
    `upl_${'0'.repeat(31)}`,
    `UPL_${'0'.repeat(32)}`,
    `upl_${'0'.repeat(32)}.part`,
    'a'.repeat(4000),
    '%E0%A4%A',
  ])('cannot be put at %s', async (id) => {
    const before = await files();
    const { status } = await put(`${server.url}/uploads/${id}?token=${'x'.repeat(43)}`, cat);
    expect([400, 403, 404]).toContain(status);
    expect(await files()).toEqual(before);
  });

  test('cannot be read or deleted', async () => {
    const upload = await announce(cat.byteLength);
    await put(local(upload.url), cat);
    for (const method of ['GET', 'HEAD', 'DELETE', 'POST']) {
      const response = await fetch(local(upload.url), { method });
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'PUT']);
    }
  });
});

describe('the request of a job', () => {
  const send = (body: string) =>
    fetch(`${server.url}/jobs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const LIMIT = 2_500_000;
  const deep = (open: string, close: string) => {
    const depth = Math.floor(LIMIT / (open.length + close.length)) - 10;
    return `{"inputs":${open.repeat(depth)}1${close.repeat(depth)}}`;
  };
  const many = (item: string) =>
    `{"inputs":[${`${item},`.repeat(Math.floor(LIMIT / (item.length + 1)) - 10)}1]}`;
  const shallow = (text: string) => text.slice(0, 100_000);

  test.each([
    ['deep lists', deep('[', ']'), 400],
    ['deep objects', deep('{"a":', '}'), 400],
    ['lists that never end', '['.repeat(LIMIT), 400],
    ['a hundred thousand lists that never end', shallow('['.repeat(LIMIT)), 400],
    ['a million inputs', many('{}'), 400],
    ['a million texts', many('""'), 400],
    ['a million numbers', many('1'), 400],
    ['white space', `{${' '.repeat(LIMIT - 10)}}`, 400],
    ['one long text', `{"inputs":"${'x'.repeat(LIMIT - 100)}"}`, 400],
    ['one long name', `{"${'x'.repeat(LIMIT - 100)}":1}`, 400],
    ['one long list of backslashes', `{"inputs":"${'\\\\'.repeat(LIMIT / 2 - 100)}"}`, 400],
    ['escaped quotes', `{"inputs":"${'\\"'.repeat(LIMIT / 2 - 100)}"}`, 400],
    ['a text that never ends', `{"inputs":["${'x'.repeat(LIMIT - 100)}`, 400],
    ['more than 2.5 MB', `{"inputs":"${'x'.repeat(LIMIT)}"}`, 413],
    [
      'a prototype',
      '{"__proto__":{"inputs":[]},"inputs":[{"__proto__":{"url":"https://example.com"}}]}',
      400,
    ],
  ])('that is %s is refused', async (_what, body, status) => {
    const response = await send(body);
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeLessThan(3000);
    expect(jobs.budgets.bodies.used()).toBe(0);
  });

  test('is refused many times at once, and the service goes on', async () => {
    const bodies = [many('{}'), deep('[', ']'), `{"inputs":"${'x'.repeat(LIMIT - 100)}"}`];
    const responses = await Promise.all(
      Array.from({ length: 30 }, (_, index) => send(bodies[index % bodies.length] as string)),
    );
    for (const response of responses) {
      // Some find no memory for their bodies, or are slow while others wait for memory.
      expect([400, 408, 503]).toContain(response.status);
      await response.text();
    }
    expect((await fetch(`${server.url}/predict`, { method: 'POST', body: cat })).status).toBe(200);
    expect(jobs.budgets.bodies.used()).toBe(0);
  });
});
