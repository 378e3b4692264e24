import type { FinalStatus, JobStatus } from '../../engine.ts';
import type { JobId, Owner, UploadId } from '../../ids.ts';
import type { Database } from './database.ts';

export interface StoredJob {
  readonly number: number;
  readonly id: JobId;
  readonly owner: Owner;
  readonly requestSha256: string;
  /** `NAME@VERSION`: also if the request chose none, because all its inputs have the same model. */
  readonly model: string;
  readonly topK: number;
  readonly explain: number;
  readonly webhook: string | null;
  readonly status: JobStatus;
  readonly reason: string | null;
  /** 0 until the manifest has been read. */
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly manifest: UploadId | null;
  /** How much of the manifest has been read, and how many inputs that had. */
  readonly manifestBytes: number;
  readonly manifestLines: number;
  readonly manifestInputs: number;
}

export interface NewJob
  extends Pick<
    StoredJob,
    'id' | 'owner' | 'requestSha256' | 'model' | 'topK' | 'explain' | 'webhook' | 'createdAt' | 'manifest'
  > {
  readonly idempotencyKey: string | null;
  /** Undefined if the manifest has to be read. */
  readonly total: number | undefined;
}

export interface ManifestPart {
  readonly bytes: number;
  readonly lines: number;
  /** Blank lines are none. */
  readonly inputs: number;
}

export interface JobRows {
  /** @returns its number. */
  add(job: NewJob): number;
  get(id: string): StoredJob | undefined;
  at(number: number): StoredJob;
  withKey(owner: Owner, idempotencyKey: string): StoredJob | undefined;
  /** The numbers of jobs that have not ended, the oldest first. */
  unfinished(isPrepared: boolean): readonly number[];
  addManifestPart(number: number, part: ManifestPart): void;
  setPrepared(number: number): void;
  setStarted(number: number, at: number): void;
  addResult(number: number, isFailure: boolean): void;
  /** Does nothing to a job that has ended. @returns whether it had not. */
  finish(number: number, status: FinalStatus, at: number, reason: string | null): boolean;
  /** Hides jobs that ended before a time. Their rows are deleted piece by piece. */
  hideFinishedBefore(time: number): void;
  hidden(): readonly number[];
  remove(number: number): void;
}

const COLUMNS =
  'number, id, owner, request_sha256 AS requestSha256, model, top_k AS topK, explain, webhook, status, reason, total, ' +
  'succeeded, failed, created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, manifest, ' +
  'manifest_bytes AS manifestBytes, manifest_lines AS manifestLines, manifest_inputs AS manifestInputs';

export function jobRows(database: Database): JobRows {
  const add = database.prepare(`
    INSERT INTO jobs (id, owner, idempotency_key, request_sha256, model, top_k, explain, webhook, status, total,
      created_at, manifest, is_prepared)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)`);
  const select = (where: string) => database.prepare(`SELECT ${COLUMNS} FROM jobs WHERE ${where}`);
  const get = select('id = ? AND NOT is_deleted');
  const at = select('number = ?');
  const withKey = select('owner = ? AND idempotency_key = ?');
  const unfinished = database.prepare(
    'SELECT number FROM jobs WHERE finished_at IS NULL AND is_prepared = ? ORDER BY number',
  );
  const addManifestPart = database.prepare(
    'UPDATE jobs SET manifest_bytes = manifest_bytes + ?, manifest_lines = manifest_lines + ?, ' +
      'manifest_inputs = manifest_inputs + ? WHERE number = ?',
  );
  const setPrepared = database.prepare(
    'UPDATE jobs SET total = manifest_inputs, is_prepared = 1 WHERE number = ?',
  );
  const setStarted = database.prepare(
    "UPDATE jobs SET status = 'running', started_at = ? WHERE number = ? AND status = 'queued'",
  );
  const addSuccess = database.prepare('UPDATE jobs SET succeeded = succeeded + 1 WHERE number = ?');
  const addFailure = database.prepare('UPDATE jobs SET failed = failed + 1 WHERE number = ?');
  const finish = database.prepare(
    'UPDATE jobs SET status = ?, finished_at = ?, reason = ? WHERE number = ? AND finished_at IS NULL',
  );
  const hide = database.prepare(
    'UPDATE jobs SET is_deleted = 1, idempotency_key = NULL WHERE finished_at < ? AND NOT is_deleted',
  );
  const hidden = database.prepare('SELECT number FROM jobs WHERE is_deleted');
  const remove = database.prepare('DELETE FROM jobs WHERE number = ?');
  const numbers = (rows: readonly object[]) => rows.map((row) => (row as { number: number }).number);
  return {
    add(job) {
      const { lastInsertRowid } = add.run(
        job.id,
        job.owner,
        job.idempotencyKey,
        job.requestSha256,
        job.model,
        job.topK,
        job.explain,
        job.webhook,
        job.total ?? 0,
        job.createdAt,
        job.manifest,
        job.total === undefined ? 0 : 1,
      );
      return Number(lastInsertRowid);
    },
    get: (id) => get.get(id) as StoredJob | undefined,
    at: (number) => at.get(number) as unknown as StoredJob,
    withKey: (owner, key) => withKey.get(owner, key) as StoredJob | undefined,
    unfinished: (isPrepared) => numbers(unfinished.all(isPrepared ? 1 : 0)),
    addManifestPart: (number, { bytes, lines, inputs }) =>
      void addManifestPart.run(bytes, lines, inputs, number),
    setPrepared: (number) => void setPrepared.run(number),
    setStarted: (number, time) => void setStarted.run(time, number),
    addResult: (number, isFailure) => void (isFailure ? addFailure : addSuccess).run(number),
    finish: (number, status, time, reason) => finish.run(status, time, reason, number).changes > 0,
    hideFinishedBefore: (time) => void hide.run(time),
    hidden: () => numbers(hidden.all()),
    remove: (number) => void remove.run(number),
  };
}
