import type { TakePiece } from '../../../fetch/fetch.ts';
import { type ObjectHead, type ObjectStore, StorageError } from './object-store.ts';

/** How often a connection may break in the middle of one object. */
const MAX_ATTEMPTS = 3;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before the first piece. What it throws ends the read. */
  readonly check?: ((head: ObjectHead) => void) | undefined;
}

/**
 * Passes the pieces of an object to `take`, in order. If the connection breaks, it goes on where it stopped.
 *
 * @returns false if there is no such object, or no longer.
 * @throws StorageError; what `take` and `check` throw; the reason of `signal`.
 */
export async function readObject(
  store: ObjectStore,
  key: string,
  take: TakePiece,
  { signal, check }: ReadOptions = {},
): Promise<boolean> {
  let received = 0;
  for (let attempt = 1; ; attempt += 1) {
    const object = await store.open(key, { from: received, signal });
    if (!object) return false;
    const end = received + object.bytes;
    try {
      if (received === 0) check?.(object);
      for await (const piece of object.pieces) {
        received += piece.byteLength;
        await take(piece);
      }
      return true;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (received === end) return true;
      if (attempt === MAX_ATTEMPTS) throw error;
    } finally {
      object.close();
    }
  }
}

/** The whole object. @returns undefined if there is none. */
export async function readBytes(store: ObjectStore, key: string): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  const take = (piece: Uint8Array): undefined => {
    pieces.push(piece);
  };
  return (await readObject(store, key, take)) ? Buffer.concat(pieces) : undefined;
}

/** A document that this service wrote. @returns undefined if there is none. */
export async function readJson<Document>(store: ObjectStore, key: string): Promise<Document | undefined> {
  const bytes = await readBytes(store, key);
  return bytes && (JSON.parse(bytes.toString('utf8')) as Document);
}

/** @throws StorageError if there is no such document. */
export async function requireJson<Document>(store: ObjectStore, key: string): Promise<Document> {
  const document = await readJson<Document>(store, key);
  if (document === undefined) throw new StorageError('failed', `Expected a document at ${key}, got none`);
  return document;
}
