import { expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { readBody } from '../../../../lambda/http/body/body.ts';
import type { BodyReader } from '../../../../lambda/http/body/source.ts';

const sourceOf = (read: BodyReader, signal = new AbortController().signal) => ({
  headers: new Headers(),
  read,
  owner: undefined,
  signal,
});
const onePiece: BodyReader = async (take) => take(new Uint8Array(1));
const diskIsFull = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

test.each([
  [
    'at once',
    () => {
      throw diskIsFull;
    },
  ],
  ['later', () => Promise.reject(diskIsFull)],
])('an error of what takes the body is not the client’s (%s)', async (_, take) => {
  await expect(readBody(sourceOf(onePiece), take)).rejects.toBe(diskIsFull);
});

test('a body that ends early is a wrong request', async () => {
  const read = () => Promise.reject(new Error('The client closed the connection.'));
  await expect(readBody(sourceOf(read), () => undefined)).rejects.toMatchObject({ code: 'invalid_request' });
});

test('an error of the reader that says what is wrong stays', async () => {
  const tooSlow = new ServiceError('request_timeout', 'The body arrived too slowly.');
  await expect(
    readBody(
      sourceOf(() => Promise.reject(tooSlow)),
      () => undefined,
    ),
  ).rejects.toBe(tooSlow);
});

test('the end of the request is its answer, whatever failed because of it', async () => {
  const reason = new ServiceError('deadline_exceeded', 'The request was not answered in time.');
  const take = () => Promise.reject(diskIsFull);
  await expect(readBody(sourceOf(onePiece, AbortSignal.abort(reason)), take)).rejects.toBe(reason);
});
