import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StorageError } from '../../../../../lambda/jobs/cloud/storage/object-store.ts';
import { readBytes, readObject } from '../../../../../lambda/jobs/cloud/storage/read.ts';
import { s3Buckets } from '../../../../../lambda/jobs/cloud/storage/s3.ts';
import { collect } from '../client.ts';
import { type Refusal, startS3Server } from './s3-server.ts';

const server = await startS3Server();
afterAll(() => server.close());
const store = s3Buckets(server.client)('jobs');

beforeEach(() => {
  server.objects.clear();
  server.requests.length = 0;
  server.breaks.length = 0;
  server.refuse = () => undefined;
});

/** The same error for the first requests. */
const refuseFirst = (times: number, refusal: Refusal) => {
  let left = times;
  server.refuse = () => (left-- > 0 ? refusal : undefined);
};

async function* collectedFrom(pieces: readonly Uint8Array[]) {
  yield* pieces;
}

const failure = async (work: Promise<unknown>): Promise<StorageError> =>
  work.then(
    () => expect.unreachable('expected a failure'),
    (error: StorageError) => error,
  );

describe('an object', () => {
  test.each(['results/a.ndjson', 'a b#1?c=d&e.jpg', '100%25.jpg', 'Zürich/猫.jpg', "it's (1)*!.jpg"])(
    'with the key %s is written and read',
    async (key) => {
      await store.put(key, 'Grüße');
      expect(server.objects.get(`jobs/${key}`)?.toString()).toBe('Grüße');
      expect((await readBytes(store, key))?.toString()).toBe('Grüße');
    },
  );

  test('may be empty, and is sent with its length', async () => {
    await store.put('a', '');
    await store.merge('b', collectedFrom([]), 'text/plain');
    expect(server.requests.map(({ headers }) => headers['content-length'])).toEqual(['0', '0']);
    expect((await readBytes(store, 'a'))?.byteLength).toBe(0);
  });

  test('that is missing is undefined', async () => {
    expect(await store.head('a')).toBeUndefined();
    expect(await store.open('a')).toBeUndefined();
    expect(await readBytes(store, 'a')).toBeUndefined();
  });

  test('has a size and a time', async () => {
    await store.put('a', 'four');
    const head = {
      bytes: 4,
      lastModified: new Date('2026-03-04T10:00:00Z'),
    };
    expect(await store.head('a')).toEqual(head);
    const object = await store.open('a');
    expect(object).toMatchObject(head);
    object?.close();
  });

  test('is created once', async () => {
    expect(await store.create('a', '1')).toBe(true);
    expect(await store.create('a', '2')).toBe(false);
    expect(server.objects.get('jobs/a')?.toString()).toBe('1');
  });

  test('is created after conflicts with others that fail', async () => {
    refuseFirst(2, { status: 409, code: 'ConditionalRequestConflict' });
    expect(await store.create('a', '1')).toBe(true);
    refuseFirst(100, { status: 409, code: 'ConditionalRequestConflict' });
    await expect(store.create('b', '1')).rejects.toThrow(
      'S3 could not write to jobs (ConditionalRequestConflict, 409)',
    );
  });

  test('is read on where the connection broke', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    server.objects.set('jobs/a', bytes);
    server.breaks.push(100_000, 50_000);
    expect(await readBytes(store, 'a')).toEqual(bytes);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=100000-',
      'bytes=150000-',
    ]);
    server.breaks.push(1, 1, 1);
    expect(await failure(readBytes(store, 'a'))).toMatchObject({ name: 'StorageError', kind: 'failed' });
  });

  test('is not read on when whoever takes it has failed', async () => {
    server.objects.set('jobs/a', Buffer.alloc(100_000));
    const take = () => {
      throw new Error('too many bytes');
    };
    await expect(readObject(store, 'a', take)).rejects.toThrow('too many bytes');
    expect(server.requests).toHaveLength(1);
  });

  test('is no longer read after the signal', async () => {
    server.objects.set('jobs/a', Buffer.alloc(2_000_000));
    const controller = new AbortController();
    const reason = new Error('no time left');
    const read = readObject(store, 'a', () => void controller.abort(reason), { signal: controller.signal });
    await expect(read).rejects.toBe(reason);
    await expect(readObject(store, 'a', () => undefined, { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe('a failure of S3', () => {
  test.each([
    [403, 'AccessDenied', 'refused'],
    [403, 'InvalidObjectState', 'refused'],
    [400, 'KMS.DisabledException', 'refused'],
    [404, 'NoSuchBucket', 'no bucket'],
    [400, 'ExpiredToken', 'failed'],
    [503, 'SlowDown', 'failed'],
    [500, 'InternalError', 'failed'],
  ])('%i %s is of the kind that jobs know', async (status, code, kind) => {
    server.refuse = () => ({ status, code });
    const works = [() => store.open('a'), () => store.put('a', ''), () => collect(store.list(''))];
    for (const work of works) {
      expect(await failure(work())).toMatchObject({ kind, message: expect.stringContaining(code) });
    }
  });

  test('without an answer is one too', async () => {
    const closed = await startS3Server();
    await closed.close();
    const { kind } = await failure(s3Buckets(closed.client)('jobs').put('a', ''));
    expect(kind).toBe('failed');
  });
});

describe('a list', () => {
  test('has all pages in order, after a key', async () => {
    const names = ['p/a b', 'p/a&b', 'p/b<1', 'p/é', 'p/猫', 'q'];
    for (const name of names) server.objects.set(`jobs/${name}`, Buffer.alloc(name.length));
    const listed = async (after?: string) => (await collect(store.list('p/', { after }))).flat();
    expect((await listed()).map(({ key }) => key)).toEqual(names.slice(0, 5));
    expect(await listed('p/b<1')).toEqual([
      { key: 'p/é', bytes: 3 },
      { key: 'p/猫', bytes: 3 },
    ]);
    expect(await listed('p/猫')).toEqual([]);
  });
});

describe('a file that is merged', () => {
  const piecesOf = async function* (count: number, bytes: number) {
    for (let index = 0; index < count; index += 1) yield Buffer.alloc(bytes, index);
  };

  test.each([
    ['nothing', 0, 0],
    ['little', 3, 10],
    ['many megabytes', 5, 5_000_000],
  ])('from %s has all pieces', async (_, count, bytes) => {
    await store.merge('a', piecesOf(count, bytes), 'application/x-ndjson');
    const expected = Buffer.concat(await collect(piecesOf(count, bytes)));
    expect(server.objects.get('jobs/a')?.equals(expected)).toBe(true);
  });

  test('fails with the failure of its pieces', async () => {
    const pieces = async function* () {
      yield Buffer.alloc(10);
      throw new TypeError('no more');
    };
    await expect(store.merge('a', pieces(), 'text/plain')).rejects.toThrow();
    expect(server.objects.size).toBe(0);
  });
});

describe('a presigned URL', () => {
  const file = { bytes: 5, contentType: 'image/jpeg' };
  const send = (url: string, body: string, contentType: string) =>
    fetch(url, { method: 'PUT', body, headers: { 'content-type': contentType } });

  test('takes exactly the file that was announced', async () => {
    const { url } = await store.presignPut('uploads/a', file);
    expect((await send(url, 'photo', 'image/png')).status).toBe(403);
    expect((await send(url, 'photos', 'image/jpeg')).status).toBe(403);
    expect((await send(url.replace('uploads/a', 'uploads/b'), 'photo', 'image/jpeg')).status).toBe(403);
    expect(server.objects.size).toBe(0);
    expect((await send(url, 'photo', 'image/jpeg')).status).toBe(200);
    expect((await send(url, 'PHOTO', 'image/jpeg')).status).toBe(200);
    expect(server.objects.get('jobs/uploads/a')?.toString()).toBe('PHOTO');
  });

  test('has no checksum: its file is not known yet', async () => {
    const { url } = await store.presignPut('uploads/a', file);
    const names = [...new URL(url).searchParams.keys()].map((name) => name.toLowerCase());
    expect(names.filter((name) => name.includes('checksum'))).toEqual([]);
  });

  test('gives an object, and takes none', async () => {
    await store.put('results/a', '{}');
    const { url } = await store.presignGet('results/a');
    expect(await (await fetch(url)).text()).toBe('{}');
    expect((await send(url, 'photo', 'image/jpeg')).status).toBe(403);
  });

  test('ends after 15 minutes for a file, and after an hour for results', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_772_618_400_000 });
    try {
      const put = await store.presignPut('a', file);
      const get = await store.presignGet('a');
      expect(put.expiresAt).toEqual(new Date(1_772_618_400_000 + 900_000));
      expect(get.expiresAt).toEqual(new Date(1_772_618_400_000 + 3_600_000));
      expect(new URL(put.url).searchParams.get('X-Amz-Expires')).toBe('900');
      expect(new URL(get.url).searchParams.get('X-Amz-Expires')).toBe('3600');
    } finally {
      vi.useRealTimers();
    }
  });

  test('ends with the credentials that signed it', async () => {
    const expiration = new Date(Date.now() + 60_000);
    const { client } = server;
    const { credentials } = client.config;
    client.config.credentials = async () => ({ ...(await credentials()), expiration });
    try {
      expect((await store.presignPut('a', file)).expiresAt).toEqual(expiration);
    } finally {
      client.config.credentials = credentials;
    }
  });
});
