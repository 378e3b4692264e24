import { expect, test } from 'vitest';
import { createInputReader } from '../../../../lambda/jobs/folder/read-input.ts';
import type { StoredUpload } from '../../../../lambda/jobs/folder/store/uploads.ts';
import type { UploadId } from '../../../../lambda/jobs/ids.ts';
import { alice, errorOf, openEngine } from './support.ts';

test.each([
  // It waits and is read again.
  ['EMFILE', 'overloaded'],
  ['ENFILE', 'overloaded'],
  ['EIO', 'internal'],
])('an upload that cannot be read because of %s is %s', async (code, expected) => {
  const id = `upl_${'1'.repeat(32)}` as UploadId;
  const { budgets } = await openEngine();
  const read = createInputReader(
    {
      uploads: { get: () => ({ id, owner: alice }) as StoredUpload },
      files: {
        write: () => Promise.reject(new Error('not in this test')),
        read: () => Promise.reject(Object.assign(new Error(code), { code })),
        remove: async () => {},
        sweep: async () => {},
      },
      fetchUrl: () => Promise.reject(new Error('not in this test')),
      fetches: budgets.fetches,
    },
    alice,
  );
  const { signal } = new AbortController();
  const reading = read(
    { upload_id: id },
    async () => {},
    signal,
    () => {},
  );
  expect(await errorOf(reading)).toMatchObject({ code: expected });
});
