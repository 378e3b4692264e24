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
  /** The one that is due first, without those of some jobs. */
  next(without: ReadonlySet<number>): StoredDelivery<Message> | undefined;
  postpone(job: number, dueAt: number): void;
  remove(job: number): void;
}

export function deliveryRows<Message>(database: Database): DeliveryRows<Message> {
  const add = database.prepare('INSERT INTO deliveries (job, url, message, due_at) VALUES (?, ?, ?, ?)');
  const next = database.prepare(`
    SELECT job, url, message, failures, due_at AS dueAt FROM deliveries
    WHERE job NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at LIMIT 1`);
  const postpone = database.prepare(
    'UPDATE deliveries SET failures = failures + 1, due_at = ? WHERE job = ?',
  );
  const remove = database.prepare('DELETE FROM deliveries WHERE job = ?');
  return {
    add: (job, url, message, dueAt) => void add.run(job, url, JSON.stringify(message), dueAt),
    next(without) {
      const row = next.get(JSON.stringify([...without])) as unknown as StoredDelivery<string> | undefined;
      return row && { ...row, message: JSON.parse(row.message) };
    },
    postpone: (job, dueAt) => void postpone.run(dueAt, job),
    remove: (job) => void remove.run(job),
  };
}
