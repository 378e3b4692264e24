import type { Owner, UploadId } from '../../ids.ts';
import type { Database } from './database.ts';

export interface StoredUpload {
  readonly id: UploadId;
  readonly owner: Owner;
  /** Announced, and exactly that many once it was received. */
  readonly bytes: number;
  readonly contentType: string;
  readonly tokenSha256: Uint8Array;
  readonly createdAt: number;
  /** Null until the file has come. */
  readonly receivedAt: number | null;
}

export interface UploadRows {
  add(upload: StoredUpload): void;
  get(id: string): StoredUpload | undefined;
  setReceived(id: UploadId, at: number): void;
  remove(id: UploadId): void;
  all(): Iterable<Pick<StoredUpload, 'id' | 'bytes'>>;
  /**
   * Uploads that were created before a time, without those that an unfinished job still has to read.
   *
   * @param ages for uploads whose file has come, and for the others.
   */
  old(
    ages: { readonly received: number; readonly neverReceived: number },
    limit: number,
  ): readonly StoredUpload[];
}

const COLUMNS =
  'id, owner, bytes, content_type AS contentType, token_sha256 AS tokenSha256, created_at AS createdAt, ' +
  'received_at AS receivedAt';

export function uploadRows(database: Database): UploadRows {
  const add = database.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)');
  const get = database.prepare(`SELECT ${COLUMNS} FROM uploads WHERE id = ?`);
  const setReceived = database.prepare('UPDATE uploads SET received_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM uploads WHERE id = ?');
  const all = database.prepare('SELECT id, bytes FROM uploads');
  const old = database.prepare(`
    SELECT ${COLUMNS} FROM uploads
    WHERE created_at < MAX(?1, ?2) AND created_at < IIF(received_at IS NULL, ?2, ?1)
      AND NOT EXISTS (
        SELECT 1 FROM inputs JOIN jobs ON jobs.number = inputs.job
        WHERE inputs.upload = uploads.id AND jobs.finished_at IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM results WHERE results.job = inputs.job AND results.position = inputs.position))
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.manifest = uploads.id AND NOT jobs.is_prepared)
    LIMIT ?3`);
  return {
    add({ id, owner, bytes, contentType, tokenSha256, createdAt, receivedAt }) {
      add.run(id, owner, bytes, contentType, tokenSha256, createdAt, receivedAt);
    },
    get: (id) => get.get(id) as StoredUpload | undefined,
    setReceived: (id, at) => void setReceived.run(at, id),
    remove: (id) => void remove.run(id),
    all: () => all.iterate() as unknown as Iterable<Pick<StoredUpload, 'id' | 'bytes'>>,
    old: ({ received, neverReceived }, limit) =>
      old.all(received, neverReceived, limit) as unknown as readonly StoredUpload[],
  };
}
