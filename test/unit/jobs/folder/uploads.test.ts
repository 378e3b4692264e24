import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { UploadId } from '../../../../lambda/jobs/ids.ts';
import {
  alice,
  BASE,
  bob,
  current,
  errorOf,
  manifestJob,
  openEngine,
  photo,
  requestOf,
  send,
  type TestEngine,
  until,
  upload,
} from './support.ts';

const MINUTE = 60_000;
const request = { bytes: photo.byteLength, contentType: 'image/jpeg' };
const { signal } = new AbortController();

const files = () => readdirSync(join(current.folder, 'data', 'uploads'));

async function read({ uploads }: TestEngine, id: UploadId, owner = alice): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await uploads.read(
    owner,
    id,
    (piece) => {
      pieces.push(Buffer.from(piece));
      return undefined;
    },
    signal,
  );
  return Buffer.concat(pieces);
}

test('an upload is read as it was sent, also after a restart', async () => {
  const first = await openEngine();
  const id = await upload(first);
  expect(await read(first, id)).toEqual(Buffer.from(photo));
  await first.close();
  expect(await read(await openEngine(), id)).toEqual(Buffer.from(photo));
});

test('an upload says where to send it, and can be sent again until it expires', async () => {
  const engine = await openEngine();
  const { id, url, headers, expiresAt } = await engine.uploads.create(alice, request, BASE);
  expect(url).toMatch(new RegExp(`^${BASE}uploads/${id}\\?token=[\\w-]{43}$`));
  expect({ headers, expiresAt }).toEqual({
    headers: { 'content-type': 'image/jpeg' },
    expiresAt: new Date(current.time + 15 * MINUTE),
  });
  expect(await errorOf(read(engine, id))).toMatchObject({ code: 'upload_not_found' });
  await send(engine, url, photo);
  const other = photo.toReversed();
  await send(engine, url, other);
  expect(await read(engine, id)).toEqual(Buffer.from(other));
  current.time += 15 * MINUTE;
  expect(await errorOf(send(engine, url, photo))).toMatchObject({ code: 'forbidden' });
  expect(await read(engine, id)).toEqual(Buffer.from(other));
  current.time += 24 * 60 * MINUTE;
  expect(await errorOf(read(engine, id))).toMatchObject({ code: 'upload_not_found' });
});

test('another token, another id and no token are refused alike', async () => {
  const engine = await openEngine();
  const { url } = await engine.uploads.create(alice, request, BASE);
  const other = await engine.uploads.create(alice, request, BASE);
  const wrong = [
    url.replace(/token=.*/, ''),
    url.replace(/token=.*/, 'token=x'),
    url.replace(/token=.*/, new URL(other.url).search.slice(1)),
    url.replace(/upl_\w+/, `upl_${'0'.repeat(32)}`),
    url.replace(/upl_\w+/, '..'),
  ];
  for (const each of wrong)
    expect(await errorOf(send(engine, each, photo)), each).toMatchObject({ code: 'forbidden' });
  expect(files()).toEqual([]);
});

test('what was announced is what is taken', async () => {
  const engine = await openEngine();
  const { url } = await engine.uploads.create(alice, request, BASE);
  const refused = { code: 'invalid_request' };
  expect(await errorOf(send(engine, url, photo.subarray(1)))).toMatchObject(refused);
  expect(await errorOf(send(engine, url, Buffer.concat([photo, photo])))).toMatchObject(refused);
  expect(await errorOf(send(engine, url, photo, 'image/png'))).toMatchObject(refused);
  expect(files()).toEqual([]);
  await send(engine, url, photo);
});

test('a file that is cut off leaves nothing behind, and an earlier one stays', async () => {
  const engine = await openEngine();
  const { id, url } = await engine.uploads.create(alice, request, BASE);
  await send(engine, url, photo);
  const [, token = ''] = url.split('token=');
  const gone = new Error('The client closed the connection.');
  const headers = { contentType: 'image/jpeg', contentLength: undefined };
  const cutOff = engine.receiver.receive(id, token, headers, async (take) => {
    await take(photo.subarray(0, 100));
    throw gone;
  });
  expect(await errorOf(cutOff)).toBe(gone);
  expect(files()).toEqual([id]);
  expect(await read(engine, id)).toEqual(Buffer.from(photo));
});

test('an upload of another owner does not exist', async () => {
  const engine = await openEngine();
  const id = await upload(engine);
  expect(await errorOf(read(engine, id, bob))).toMatchObject({ code: 'upload_not_found' });
  const theirs = engine.jobs.create(bob, requestOf([{ upload_id: id }]), undefined, BASE);
  expect(await errorOf(theirs)).toMatchObject({ code: 'upload_not_found' });
});

test('files of uploads that were not acknowledged are removed at the next start', async () => {
  const first = await openEngine();
  const kept = await upload(first);
  const { id } = await first.uploads.create(alice, request, BASE);
  await first.close();
  const folder = join(current.folder, 'data', 'uploads');
  for (const name of [id, `upl_${'0'.repeat(32)}`, `${kept}.0123.part`])
    await writeFile(join(folder, name), 'x');
  await openEngine();
  expect(files()).toEqual([kept]);
});

test('a full folder refuses uploads until some have expired, and what is accepted always fits', async () => {
  const settings = { maxFolderBytes: 16 * 2 ** 20 };
  const first = await openEngine({ settings });
  const create = (engine: TestEngine) => engine.uploads.create(alice, { ...request, bytes: 1_000_000 }, BASE);
  const accepted = [await create(first), await create(first), await create(first)];
  expect(await errorOf(create(first))).toMatchObject({ code: 'storage_full' });
  await send(first, accepted[0]?.url ?? '', new Uint8Array(1_000_000));
  // While an earlier file is replaced, both take room.
  expect(await errorOf(send(first, accepted[0]?.url ?? '', new Uint8Array(1_000_000)))).toMatchObject({
    code: 'storage_full',
  });
  await first.close();
  const second = await openEngine({ settings });
  expect(await errorOf(create(second))).toMatchObject({ code: 'storage_full' });
  await second.close();
  current.time += 25 * 60 * MINUTE;
  const third = await openEngine({ settings });
  await expect.poll(() => files()).toEqual([]);
  await create(third);
});

test('a file cannot be replaced while an unfinished job uses it, and a job cannot use one that is being replaced', async () => {
  const engine = await openEngine();
  engine.stop();
  const { id, url } = await engine.uploads.create(alice, request, BASE);
  const create = () => engine.jobs.create(alice, requestOf([{ upload_id: id }]), undefined, BASE);
  await send(engine, url, photo);
  const job = await create();
  expect(await errorOf(send(engine, url, photo))).toMatchObject({ code: 'forbidden' });
  await engine.jobs.cancel(alice, job.id, BASE);

  const { promise: rest, resolve: sendRest } = Promise.withResolvers<void>();
  const [, token = ''] = url.split('token=');
  const replaced = engine.receiver.receive(
    id,
    token,
    { contentType: 'image/jpeg', contentLength: undefined },
    async (take) => {
      await rest;
      await take(photo);
    },
  );
  expect(await errorOf(create())).toMatchObject({ code: 'overloaded' });
  sendRest();
  await replaced;
  await create();
});

test('a manifest cannot be replaced while it is read, and is deleted after a day even if its job has failed', async () => {
  const engine = await openEngine();
  const list = Buffer.from('https://example.com/1\n'.repeat(2000));
  const announced = { bytes: list.byteLength, contentType: 'text/plain' };
  const { id, url } = await engine.uploads.create(alice, announced, BASE);
  await send(engine, url, list, 'text/plain');
  const wrong = await upload(engine, Buffer.from('no input'), { contentType: 'text/plain' });
  const [job, failing] = await Promise.all(
    [id, wrong].map((each) => engine.jobs.create(alice, manifestJob(each), undefined, BASE)),
  );
  expect(await errorOf(send(engine, url, list, 'text/plain'))).toMatchObject({ code: 'forbidden' });
  if (!job || !failing) throw new Error('Expected two jobs.');
  await until(engine, job, ({ counts }) => counts.total === 2000);
  await engine.jobs.cancel(alice, job.id, BASE);
  await until(engine, failing);
  await engine.close();
  current.time += 25 * 60 * MINUTE;
  await openEngine();
  await expect.poll(() => files(), { timeout: 10_000 }).toEqual([]);
});

test('an expired upload is kept while a job needs it', async () => {
  const stopped = await openEngine();
  stopped.stop();
  const id = await upload(stopped);
  const unused = await upload(stopped);
  const job = await stopped.jobs.create(alice, requestOf([{ upload_id: id }]), undefined, BASE);
  await stopped.close();
  current.time += 25 * 60 * MINUTE;
  const idle = await openEngine();
  expect(await until(idle, job)).toMatchObject({ counts: { succeeded: 1 } });
  await expect.poll(() => files().includes(unused)).toBe(false);
  await idle.close();
  await openEngine();
  await expect.poll(() => files()).toEqual([]);
});
