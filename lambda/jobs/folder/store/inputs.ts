import type { JobInput } from '../../engine.ts';
import type { Database } from './database.ts';

export interface StoredInput {
  /** From 0. */
  readonly position: number;
  readonly input: JobInput;
}

/** An input that was being classified when the process ended. */
export interface Suspect {
  readonly job: number;
  readonly position: number;
  /** How often that has happened. */
  readonly count: number;
}

/** The inputs of jobs and their results, each with a row. */
export interface InputRows {
  add(job: number, position: number, input: JobInput): void;
  get(job: number, position: number): StoredInput | undefined;
  /** The first input from `position` on that has no result, and is neither in progress nor a suspect. */
  nextPending(job: number, position: number): StoredInput | undefined;
  /** Notes that an input is being classified. */
  begin(job: number, position: number): void;
  /** @returns whether the input had no result yet. */
  addResult(job: number, position: number, line: string): boolean;
  /** Forgets that an input was being classified. */
  abandon(job: number, position: number): void;
  suspects(): readonly Suspect[];
  /** Results after a position, in order, read one by one. */
  results(job: number, after: number): Iterable<StoredResult>;
  /** Of the inputs of a job: how many there are, and how many bytes they have together. */
  sum(job: number): { readonly count: number; readonly bytes: number };
  /** The first job after another one, by number, that has inputs here. Undefined if there is none. */
  nextJob(after: number): number | undefined;
  /** Deletes up to `limit` inputs of a job, but not its results. @returns whether any were left. */
  removeInputs(job: number, limit: number): boolean;
  /** Deletes up to `limit` rows of a job. @returns whether any were left. */
  remove(job: number, limit: number): boolean;
}

export interface StoredResult {
  readonly position: number;
  /** In UTF-8, with its line feed. */
  readonly line: Uint8Array;
}

export function inputRows(database: Database): InputRows {
  const add = database.prepare('INSERT INTO inputs VALUES (?, ?, ?, ?)');
  const get = database.prepare('SELECT position, input FROM inputs WHERE job = ? AND position = ?');
  const nextPending = database.prepare(`
    SELECT position, input FROM inputs
    WHERE job = ? AND position >= ? AND NOT EXISTS (
      SELECT 1 FROM results WHERE results.job = inputs.job AND results.position = inputs.position)
      AND NOT EXISTS (
        SELECT 1 FROM attempts WHERE attempts.job = inputs.job AND attempts.position = inputs.position)
    ORDER BY position LIMIT 1`);
  const begin = database.prepare(`
    INSERT INTO attempts VALUES (?, ?, 1) ON CONFLICT (job, position) DO UPDATE SET count = count + 1`);
  const addResult = database.prepare('INSERT INTO results VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const abandon = database.prepare('DELETE FROM attempts WHERE job = ? AND position = ?');
  const suspects = database.prepare('SELECT job, position, count FROM attempts ORDER BY job, position');
  const results = database.prepare(
    'SELECT position, CAST(line || char(10) AS BLOB) AS line FROM results WHERE job = ? AND position > ? ORDER BY position',
  );
  const sum = database.prepare(
    'SELECT COUNT(*) AS count, COALESCE(SUM(octet_length(input)), 0) AS bytes FROM inputs WHERE job = ?',
  );
  const nextJob = database.prepare('SELECT MIN(job) AS job FROM inputs WHERE job > ?');
  const removal = (table: string) =>
    database.prepare(`
      DELETE FROM ${table} WHERE job = ?1 AND position IN (
        SELECT position FROM ${table} WHERE job = ?1 LIMIT ?2)`);
  const workRemovals = ['inputs', 'attempts'].map(removal);
  const removals = [removal('results'), ...workRemovals];
  const parse = (row: unknown): StoredInput | undefined => {
    if (row === undefined) return undefined;
    const { position, input } = row as { readonly position: number; readonly input: string };
    return { position, input: JSON.parse(input) };
  };
  return {
    add(job, position, input) {
      add.run(job, position, JSON.stringify(input), 'upload_id' in input ? input.upload_id : null);
    },
    get: (job, position) => parse(get.get(job, position)),
    nextPending: (job, position) => parse(nextPending.get(job, position)),
    begin: (job, position) => void begin.run(job, position),
    addResult: (job, position, line) => addResult.run(job, position, line).changes > 0,
    abandon: (job, position) => void abandon.run(job, position),
    suspects: () => suspects.all() as unknown as readonly Suspect[],
    results: (job, after) => results.iterate(job, after) as unknown as Iterable<StoredResult>,
    sum: (job) => sum.get(job) as unknown as { readonly count: number; readonly bytes: number },
    nextJob: (after) => (nextJob.get(after) as { readonly job: number | null }).job ?? undefined,
    removeInputs: (job, limit) => workRemovals.some((statement) => statement.run(job, limit).changes > 0),
    remove: (job, limit) => removals.some((statement) => statement.run(job, limit).changes > 0),
  };
}
