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
  /** Whether an unfinished job has the upload as an input, or still reads it as its manifest. */
  isNeeded(id: UploadId): boolean;
  /**
   * Uploads that were created before a time, without those that an unfinished job needs.
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

/**
 * Whether an unfinished job has an upload as an input, or still reads it as its manifest. The next job is looked up in the
 * index, because a job may have the same input a hundred thousand times.
 *
 * @param id an expression of SQL.
 */
const isNeeded = (id: string): string => `(
  EXISTS (
    WITH RECURSIVE users (job) AS (
      SELECT MIN(job) FROM inputs WHERE upload = ${id}
      UNION ALL
      SELECT (SELECT MIN(job) FROM inputs WHERE upload = ${id} AND inputs.job > users.job) FROM users
      WHERE users.job IS NOT NULL)
    SELECT 1 FROM users JOIN jobs ON jobs.number = users.job WHERE jobs.finished_at IS NULL)
  OR EXISTS (
    SELECT 1 FROM jobs WHERE jobs.manifest = ${id} AND NOT jobs.is_prepared AND jobs.finished_at IS NULL))`;

export function uploadRows(database: Database): UploadRows {
  const add = database.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)');
  const get = database.prepare(`SELECT ${COLUMNS} FROM uploads WHERE id = ?`);
  const setReceived = database.prepare('UPDATE uploads SET received_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM uploads WHERE id = ?');
  const all = database.prepare('SELECT id, bytes FROM uploads');
  const old = database.prepare(`
    SELECT ${COLUMNS} FROM uploads
    WHERE created_at < MAX(?1, ?2) AND created_at < IIF(received_at IS NULL, ?2, ?1)
      AND NOT ${isNeeded('uploads.id')}
    LIMIT ?3`);
  const needed = database.prepare(`SELECT ${isNeeded('?1')} AS isNeeded`);
  return {
    add({ id, owner, bytes, contentType, tokenSha256, createdAt, receivedAt }) {
      add.run(id, owner, bytes, contentType, tokenSha256, createdAt, receivedAt);
    },
    get: (id) => get.get(id) as StoredUpload | undefined,
    setReceived: (id, at) => void setReceived.run(at, id),
    remove: (id) => void remove.run(id),
    all: () => all.iterate() as unknown as Iterable<Pick<StoredUpload, 'id' | 'bytes'>>,
    isNeeded: (id) => needed.get(id)?.['isNeeded'] === 1,
    old: ({ received, neverReceived }, limit) =>
      old.all(received, neverReceived, limit) as unknown as readonly StoredUpload[],
  };
}
