import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../../../scripts/lib/download/download.ts';
import { type FileServer, serveFile } from './file-server.ts';

const SIZE = 50_000;
const content = Buffer.from(Uint8Array.from({ length: SIZE }, (_, index) => (index * 31) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');
const quick = (server: FileServer) => ({
  backoffMs: 1,
  attempts: 3,
  onProgress: (received: number) => server.clientHas(received),
});

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'download-'));
  file = join(directory, 'model.onnx');
});
afterEach(() => rm(directory, { recursive: true }));

const wanted = (url: string) => ({ url, file, bytes: SIZE, sha256 });

describe('download', () => {
  it('writes the file and leaves nothing else', async () => {
    await using server = await serveFile(content);
    const progress: number[] = [];
    await download(wanted(server.url), {
      ...quick(server),
      onProgress: (received) => progress.push(received),
    });
    expect(await readFile(file)).toEqual(content);
    expect(await readdir(directory)).toEqual(['model.onnx']);
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(SIZE);
  });

  it('resumes after a dropped connection', async () => {
    await using server = await serveFile(content);
    server.faults = [{ dropAfter: 20_000 }];
    await download(wanted(server.url), quick(server));
    expect(await readFile(file)).toEqual(content);
    expect(server.requests.map(({ range, ifRange }) => ({ range, ifRange }))).toEqual([
      { range: undefined, ifRange: undefined },
      { range: 'bytes=20000-', ifRange: '"one"' },
    ]);
    expect(server.sentBytes()).toBe(SIZE);
  });

  it('keeps the part when it gives up, and a second run fetches only the rest', async () => {
    await using server = await serveFile(content);
    server.faults = [{ dropAfter: 10_000 }, { dropAfter: 10_000 }, { dropAfter: 10_000 }];
    await expect(download(wanted(server.url), quick(server))).rejects.toThrow(
      /gave up after 3 attempts with 30000 of 50000 bytes/,
    );
    expect((await readdir(directory)).sort()).toEqual(['model.onnx.part', 'model.onnx.part.json']);
    expect(await readFile(`${file}.part`)).toEqual(content.subarray(0, 30_000));

    await download(wanted(server.url), quick(server));
    expect(server.requests.at(-1)?.range).toBe('bytes=30000-');
    expect(server.sentBytes()).toBe(SIZE);
    expect(await readdir(directory)).toEqual(['model.onnx']);
  });

  it('treats a stalled connection as a dropped one', async () => {
    await using server = await serveFile(content);
    server.faults = [{ stallAfter: 5_000 }];
    await download(wanted(server.url), { ...quick(server), stallTimeoutMs: 200 });
    expect(await readFile(file)).toEqual(content);
    expect(server.requests[1]?.range).toBe('bytes=5000-');
  });

  it('starts over if the server ignores ranges', async () => {
    await using server = await serveFile(content, { ignoreRange: true });
    server.faults = [{ dropAfter: 20_000 }];
    await download(wanted(server.url), quick(server));
    expect(await readFile(file)).toEqual(content);
    expect(server.sentBytes()).toBe(SIZE + 20_000);
  });

  it.each([
    ['refuses the range', { status: 416 }],
    ['sends another range', { rangeShift: 7 }],
  ])('starts over if the server %s', async (_, fault) => {
    await using server = await serveFile(content);
    server.faults = [{ dropAfter: 20_000 }, fault];
    await download(wanted(server.url), quick(server));
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=20000-', undefined]);
    expect(await readFile(file)).toEqual(content);
  });

  it('starts over if the ETag has changed', async () => {
    await using server = await serveFile(Buffer.alloc(SIZE, 'old'));
    server.faults = [{ dropAfter: 20_000 }, { status: 503 }, { status: 503 }];
    await expect(download(wanted(server.url), quick(server))).rejects.toThrow('gave up');
    server.content = content;
    server.etag = '"two"';
    await download(wanted(server.url), quick(server));
    expect(server.requests.at(-1)?.ifRange).toBe('"one"');
    expect(await readFile(file)).toEqual(content);
  });

  it('resumes without If-Range if the ETag is weak', async () => {
    await using server = await serveFile(content);
    server.etag = 'W/"weak"';
    server.faults = [{ dropAfter: 20_000 }];
    await download(wanted(server.url), quick(server));
    expect(server.requests[1]).toMatchObject({ range: 'bytes=20000-', ifRange: undefined });
  });

  it('deletes a download with the wrong checksum and keeps the old file', async () => {
    await writeFile(file, 'the old model');
    await using server = await serveFile(Buffer.alloc(SIZE, 'x'));
    const actual = createHash('sha256').update(server.content).digest('hex');
    await expect(download(wanted(server.url), quick(server))).rejects.toThrow(
      `expected sha256 ${sha256}, got ${actual}; the download was deleted, nothing was replaced`,
    );
    expect(await readdir(directory)).toEqual(['model.onnx']);
    expect(await readFile(file, 'utf8')).toBe('the old model');
    expect(server.requests).toHaveLength(1);
  });

  it('refuses more bytes than expected', async () => {
    await using server = await serveFile(Buffer.concat([content, Buffer.from('more')]));
    const progress: number[] = [];
    await expect(
      download(wanted(server.url), { ...quick(server), onProgress: (received) => progress.push(received) }),
    ).rejects.toThrow('expected 50000 bytes, got more');
    expect(Math.max(...progress)).toBeLessThanOrEqual(SIZE);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says how much arrived if the file is shorter than expected', async () => {
    await using server = await serveFile(content.subarray(0, 40_000));
    await expect(download(wanted(server.url), { ...quick(server), attempts: 1 })).rejects.toThrow(
      'the connection closed at 40000 of 50000 bytes',
    );
  });

  it('drops a part that is longer than the file', async () => {
    await writeFile(`${file}.part`, Buffer.alloc(SIZE + 1));
    await using server = await serveFile(content);
    await download(wanted(server.url), quick(server));
    expect(server.requests[0]?.range).toBeUndefined();
    expect(await readFile(file)).toEqual(content);
  });

  it('follows a redirect, again when it resumes', async () => {
    await using server = await serveFile(content, { redirects: { '/latest': '/model.onnx' } });
    server.faults = [{}, { dropAfter: 20_000 }];
    await download(wanted(new URL('/latest', server.url).href), quick(server));
    expect(await readFile(file)).toEqual(content);
    expect(server.requests.map(({ path, range }) => [path, range])).toEqual([
      ['/latest', undefined],
      ['/model.onnx', undefined],
      ['/latest', 'bytes=20000-'],
      ['/model.onnx', 'bytes=20000-'],
    ]);
  });

  it.each([
    ['a redirect loop', '/loop', 'expected at most 5 redirects, got more'],
    ['a missing file', '/missing', 'expected the file, got HTTP 404 Not Found'],
    ['a redirect to http on another host', '/away', 'expected https, got http://models.test'],
    ['a redirect to a file', '/file', 'expected https, got file://'],
  ])('fails without a retry on %s', async (_, path, message) => {
    await using server = await serveFile(content, {
      redirects: { '/loop': '/loop', '/away': 'http://models.test/model.onnx', '/file': 'file:///etc/hosts' },
    });
    await expect(download(wanted(new URL(path, server.url).href), quick(server))).rejects.toThrow(message);
    expect(server.requests.length).toBeLessThanOrEqual(6);
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses http from anywhere but this machine', async () => {
    await expect(download(wanted('http://models.test/model.onnx'))).rejects.toThrow(
      'expected https, got http://models.test',
    );
  });

  it('retries a server that is busy', async () => {
    await using server = await serveFile(content);
    server.faults = [{ status: 503 }];
    await download(wanted(server.url), quick(server));
    expect(server.requests).toHaveLength(2);
  });

  it('names the reason when there is no server', async () => {
    const server = await serveFile(content);
    await server[Symbol.asyncDispose]();
    await expect(download(wanted(server.url), quick(server))).rejects.toThrow(
      /with 0 of 50000 bytes.*ECONNREFUSED/,
    );
  });
});
