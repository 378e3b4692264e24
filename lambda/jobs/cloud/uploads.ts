import type { Uploads } from '../engine.ts';
import { newUploadId, type Owner, type UploadId } from '../ids.ts';
import { keys } from './layout.ts';
import type { ObjectHead, ObjectStore } from './storage/object-store.ts';
import { readUpload, uploadNotFound } from './work/read-input.ts';

/** Lifecycle rules delete an object at the midnight (UTC) after this, so for a while it is still there. */
const KEPT_MS = 24 * 3_600_000;
/** So many answers of S3 are awaited together that a thousand uploads are found in about a second. */
const CHECKS_AT_ONCE = 50;

export function createUploads(store: ObjectStore): Uploads {
  return {
    async create(owner, file) {
      const id = newUploadId();
      const { url, expiresAt } = await store.presignPut(keys.upload(owner, id), file);
      return { id, url, headers: { 'content-type': file.contentType }, expiresAt };
    },
    async read(owner, id, take, signal, onSize) {
      const check = (head: ObjectHead) => {
        requireFresh(id, head);
        onSize?.(head.bytes);
      };
      await readUpload(store, owner, id, take, { signal, check });
    },
  };
}

/** @throws ServiceError `upload_not_found` for the first that was not sent in the last 24 hours. */
export async function requireUploads(
  store: ObjectStore,
  owner: Owner,
  ids: readonly UploadId[],
): Promise<void> {
  for (let start = 0; start < ids.length; start += CHECKS_AT_ONCE) {
    const group = ids.slice(start, start + CHECKS_AT_ONCE);
    const heads = await Promise.all(group.map((id) => store.head(keys.upload(owner, id))));
    for (const [index, id] of group.entries()) requireFresh(id, heads[index]);
  }
}

function requireFresh(id: UploadId, head: ObjectHead | undefined): void {
  if (!head || Date.now() - head.lastModified.getTime() >= KEPT_MS) throw uploadNotFound(id);
}
