import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../../errors.ts';
import type { TakePiece } from '../../fetch/fetch.ts';
import type { Uploads } from '../engine.ts';
import { newUploadId, type Owner, type UploadId } from '../ids.ts';
import type { UploadReceiver } from '../receiver.ts';
import { type Room, uploadRoom } from './room.ts';
import type { Store } from './store/store.ts';
import type { StoredUpload } from './store/uploads.ts';
import type { UploadFiles } from './upload-files.ts';

const MINUTE_MS = 60_000;
/** How long the URL of an upload takes its file. */
export const SEND_MS = 15 * MINUTE_MS;
/** How long its file can be read. */
export const READ_MS = 24 * 60 * MINUTE_MS;
const TOKEN_BYTES = 32;

export interface FolderUploads extends Uploads, UploadReceiver {
  /** @returns whether an upload of this owner can be read. */
  isReadable(owner: Owner, id: UploadId): boolean;
  /** @returns whether the file of an upload is being sent. */
  isArriving(id: UploadId): boolean;
}

export const uploadNotFound = (id: string): ServiceError =>
  new ServiceError(
    'upload_not_found',
    `Expected an upload whose file was sent in the last 24 hours, got ${id}.`,
  );

export interface UploadDependencies {
  readonly store: Pick<Store<unknown>, 'database' | 'uploads'>;
  readonly files: UploadFiles;
  readonly room: Room;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createUploads({ store, files, room, now }: UploadDependencies): FolderUploads {
  const { database, uploads } = store;
  const receiving = new Set<UploadId>();

  function readable(owner: Owner, id: UploadId): StoredUpload | undefined {
    const upload = uploads.get(id);
    const isReadable =
      upload?.owner === owner && upload.receivedAt !== null && now() < upload.createdAt + READ_MS;
    return isReadable ? upload : undefined;
  }

  return {
    isReadable: (owner, id) => readable(owner, id) !== undefined,
    isArriving: (id) => receiving.has(id),
    async create(owner, { bytes, contentType }, baseUrl, address) {
      const id = newUploadId();
      room.reserve('upload', id, uploadRoom({ bytes }), address);
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const createdAt = now();
      const upload = {
        id,
        owner,
        bytes,
        contentType,
        tokenSha256: sha256(token),
        createdAt,
        receivedAt: null,
      };
      try {
        database.acknowledge(() => uploads.add(upload));
      } catch (error) {
        room.release('upload', id);
        throw error;
      }
      return {
        id,
        url: `${baseUrl}uploads/${id}?token=${token}`,
        headers: { 'content-type': contentType },
        expiresAt: new Date(createdAt + SEND_MS),
      };
    },
    async read(owner, id, take, signal, onSize) {
      const upload = readable(owner, id);
      if (upload) onSize?.(upload.bytes);
      if (!upload || !(await files.read(id, take, signal))) throw uploadNotFound(id);
    },
    async receive(id, token, { contentType, contentLength }, read) {
      const upload = uploads.get(id);
      if (!upload || !token || !timingSafeEqual(upload.tokenSha256, sha256(token)))
        throw new ServiceError('forbidden', 'Expected the URL of an upload with its token, got another one.');
      if (now() >= upload.createdAt + SEND_MS)
        throw new ServiceError('forbidden', 'The URL of the upload has expired. Create another upload.');
      requireAnnounced(upload, contentType, contentLength);
      if (receiving.has(upload.id))
        throw new ServiceError('overloaded', 'This upload is being sent already. Try again.', {
          retryAfterSeconds: 1,
        });
      if (uploads.isNeeded(upload.id))
        throw new ServiceError(
          'forbidden',
          'An unfinished job uses this upload, so its file cannot be replaced. Create another upload.',
        );
      // Until it is replaced, an earlier file takes its room too.
      const secondFile = `${upload.id} again`;
      if (upload.receivedAt !== null) room.reserve('upload', secondFile, uploadRoom(upload));
      receiving.add(upload.id);
      try {
        await files.write(upload.id, (take) => readExactly(upload.bytes, take, read));
        database.acknowledge(() => uploads.setReceived(upload.id, now()));
      } finally {
        receiving.delete(upload.id);
        room.release('upload', secondFile);
      }
    },
  };
}

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

function requireAnnounced(
  { bytes, contentType: expected }: StoredUpload,
  contentType: string | undefined,
  contentLength: string | undefined,
): void {
  if (contentType !== expected) {
    throw new ServiceError('invalid_request', 'Expected the content type that was announced.', {
      fields: [{ field: 'header.content-type', message: `expected ${expected}` }],
    });
  }
  if (contentLength !== undefined && Number(contentLength) !== bytes) throw wrongLength(bytes, contentLength);
}

async function readExactly(
  bytes: number,
  take: TakePiece,
  read: Parameters<UploadReceiver['receive']>[3],
): Promise<void> {
  let received = 0;
  await read(
    (piece) => {
      received += piece.byteLength;
      if (received > bytes) throw wrongLength(bytes, 'more');
      return take(piece);
    },
    () => false,
  );
  if (received < bytes) throw wrongLength(bytes, received);
}

const wrongLength = (expected: number, got: number | string): ServiceError =>
  new ServiceError('invalid_request', `Expected the ${expected} bytes that were announced, got ${got}.`);
