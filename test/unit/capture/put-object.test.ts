import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { objectUrl, putObject } from '../../../lambda/capture/put-object.ts';
import { type FakeS3, startFakeS3 } from '../../support/fake-s3.ts';
import { selfSigned } from '../fetch/self-signed.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function started(...settings: Parameters<typeof startFakeS3>): Promise<FakeS3> {
  const s3 = await startFakeS3(...settings);
  open.push(s3);
  return s3;
}

const object = { key: 'captures/2026/11/27/a.b_c-1.jpeg', headers: { 'content-type': 'image/jpeg' } };
const never = new AbortController().signal;
/** All byte values, and more than the buffers of a connection hold. */
const large = Uint8Array.from({ length: 12_000_000 }, (_, index) => (index * 7) % 256);

test.each([
  ['an empty object', new Uint8Array()],
  ['one byte', Uint8Array.of(7)],
  ['12 MB', large],
  ['a part of a larger buffer', large.subarray(5, 70_000)],
])('stores %s, byte for byte, with a valid signature', async (_, bytes) => {
  const s3 = await started();
  await putObject(s3.settings, object, bytes, never);
  expect(s3.objects).toHaveLength(1);
  const [stored] = s3.objects;
  expect(stored?.key).toBe(object.key);
  expect(stored?.headers['content-type']).toBe('image/jpeg');
  expect(stored?.body.equals(bytes)).toBe(true);
});

test('stores an object over TLS', async () => {
  const certificate = selfSigned('localhost');
  const s3 = await started('stores', certificate);
  const usual = getCACertificates();
  setDefaultCACertificates([certificate.cert]);
  try {
    await putObject(s3.settings, object, large, never);
  } finally {
    setDefaultCACertificates(usual);
  }
  expect(s3.objects[0]?.body.equals(large)).toBe(true);
});

test('refuses a server with an unknown certificate', async () => {
  const s3 = await started('stores', selfSigned('localhost'));
  await expect(putObject(s3.settings, object, large, never)).rejects.toThrow(
    'S3 could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT)',
  );
  expect(s3.objects).toEqual([]);
});

test.each([
  ['eu-central-1', undefined, 'https://a-bucket.s3.eu-central-1.amazonaws.com/captures/a.jpeg'],
  ['cn-north-1', undefined, 'https://a-bucket.s3.cn-north-1.amazonaws.com.cn/captures/a.jpeg'],
  ['eu-central-1', 'http://localhost:4566', 'http://localhost:4566/a-bucket/captures/a.jpeg'],
  ['eu-central-1', 'https://s3.example/base/', 'https://s3.example/base/a-bucket/captures/a.jpeg'],
])('in %s, with the endpoint %s, an object has its own URL', (region, endpoint, url) => {
  expect(objectUrl({ bucket: 'a-bucket', region, endpoint }, 'captures/a.jpeg').href).toBe(url);
});

test('the fake S3 notices another secret, a changed header and another region', async () => {
  const s3 = await started();
  const { settings } = s3;
  const put = (changes: object) => putObject({ ...settings, ...changes }, object, Uint8Array.of(1), never);
  const credentials = { ...settings.credentials, secretAccessKey: 'another' };
  await expect(put({ credentials })).rejects.toThrow('S3 answered 403 SignatureDoesNotMatch');
  await expect(put({ region: 'us-east-1' })).rejects.toThrow('S3 answered 403 InvalidAccessKeyId');
  await expect(put({ credentials: { ...settings.credentials, sessionToken: undefined } })).rejects.toThrow(
    'S3 answered 403 InvalidToken',
  );
  expect(s3.objects).toEqual([]);
});

test('does not quote credentials that cannot be sent', async () => {
  const s3 = await started();
  const credentials = { ...s3.settings.credentials, sessionToken: 'se\ncret' };
  await expect(putObject({ ...s3.settings, credentials }, object, large, never)).rejects.toThrow(
    /^The request to S3 could not be signed$/,
  );
});

test('says with which status and code S3 refuses, but not what else it says', async () => {
  const s3 = await started('refuses');
  const error = await putObject(s3.settings, object, large, never).catch((reason: unknown) => reason);
  expect((error as Error).message).toBe('S3 answered 403 AccessDenied');
});

test.each([
  ['closes the connection', (socket: { destroy(): void }) => socket.destroy()],
  [
    'does not speak HTTP',
    (socket: { end(text: string): void; on(event: 'error', listener: () => void): void }) => {
      socket.on('error', () => {});
      socket.end('nonsense');
    },
  ],
])('fails in one line if the server %s', async (_, onConnection) => {
  const server = createServer(onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { settings } = await started();
  const target = { ...settings, endpoint: `http://me:secret@127.0.0.1:${port}` };
  await expect(putObject(target, object, large, never)).rejects.toThrow(
    /^S3 could not be reached \([A-Z_]+\)$/,
  );
  server.close();
});

test('ends if the server switches to another protocol, which Node.js reports by closing alone', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { settings } = await started();
  const target = { ...settings, endpoint: `http://127.0.0.1:${port}` };
  await expect(putObject(target, object, large, never)).rejects.toThrow(
    'S3 could not be reached (no answer)',
  );
  server.close();
});

test('ends with the reason of its signal, before, during and without a connection', async () => {
  const s3 = await started('hangs');
  const reason = new Error('too late');
  await expect(putObject(s3.settings, object, large, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const put = putObject(s3.settings, object, large, controller.signal);
  setTimeout(() => controller.abort(reason), 50);
  await expect(put).rejects.toBe(reason);
  // An address that no packet reaches.
  const nowhere = { ...s3.settings, endpoint: 'http://192.0.2.1' };
  await expect(putObject(nowhere, object, large, AbortSignal.timeout(50))).rejects.toThrow();
});
