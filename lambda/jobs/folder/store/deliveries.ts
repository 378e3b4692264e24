import type { Database } from './database.ts';

/** A webhook that has not reached its receiver yet. */
export interface StoredDelivery<Message> {
  readonly job: number;
  readonly url: string;
  readonly message: Message;
  readonly failures: number;
  readonly dueAt: number;
}

export interface DeliveryRows<Message> {
  add(job: number, url: string, message: Message, dueAt: number): void;
  /**
   * Of those that are due at a time: the first of the owner with the fewest in progress. If none is due, the one that will
   * be due first.
   *
   * @param inProgress the jobs of those that are being delivered. They are left out.
   */
  next(time: number, inProgress: ReadonlySet<number>): StoredDelivery<Message> | undefined;
  postpone(job: number, dueAt: number): void;
  remove(job: number): void;
}

export function deliveryRows<Message>(database: Database): DeliveryRows<Message> {
  const add = database.prepare('INSERT INTO deliveries (job, url, message, due_at) VALUES (?, ?, ?, ?)');
  const next = database.prepare(`
    WITH busy AS MATERIALIZED (
      SELECT jobs.number AS job, jobs.owner FROM json_each(?2) JOIN jobs ON jobs.number = json_each.value)
    SELECT job, url, message, failures, due_at AS dueAt FROM deliveries JOIN jobs ON jobs.number = deliveries.job
    WHERE job NOT IN (SELECT job FROM busy)
    ORDER BY due_at > ?1, IIF(due_at > ?1, 0, (SELECT COUNT(*) FROM busy WHERE busy.owner = jobs.owner)), due_at
    LIMIT 1`);
  const postpone = database.prepare(
    'UPDATE deliveries SET failures = failures + 1, due_at = ? WHERE job = ?',
  );
  const remove = database.prepare('DELETE FROM deliveries WHERE job = ?');
  return {
    add: (job, url, message, dueAt) => void add.run(job, url, JSON.stringify(message), dueAt),
    next(time, inProgress) {
      const row = next.get(time, JSON.stringify([...inProgress])) as unknown as
        | StoredDelivery<string>
        | undefined;
      return row && { ...row, message: JSON.parse(row.message) };
    },
    postpone: (job, dueAt) => void postpone.run(dueAt, job),
    remove: (job) => void remove.run(job),
  };
}
