/** What one request has for the model: `items` of it, each with as many of its first classes as were asked for. */
interface Job<Item, Row> {
  readonly items: readonly Item[];
  readonly topK: number;
  readonly resolve: (run: Run<Row>) => void;
  readonly reject: (error: unknown) => void;
}

export interface Run<Row> {
  /** One for each item, in order, each with the first classes. */
  readonly rows: readonly (readonly Row[])[];
  /** Milliseconds of the run, which other requests may have shared: to write the tensor, and to classify it. */
  readonly tensorMs: number;
  readonly inferenceMs: number;
}

export type RunModel<Item, Row> = (items: readonly Item[], topK: number) => Promise<Run<Row>>;

/**
 * One run of the model at a time, first come, first served. What has come in while one was under way shares the next one,
 * up to `maxItems`; nothing waits for company. A run holds the event loop, which turns once between two of them: the
 * answers leave and the next requests are read.
 *
 * @param maxItems of a shared run; a request that brings more has a run of its own.
 */
export function createRunQueue<Item, Row>(run: RunModel<Item, Row>, maxItems: number): RunModel<Item, Row> {
  const waiting: Job<Item, Row>[] = [];
  let isRunning = false;

  function takeJobs(): Job<Item, Row>[] {
    const jobs = waiting.splice(0, 1);
    let items = jobs[0]?.items.length ?? 0;
    for (let next = waiting[0]; next && items + next.items.length <= maxItems; next = waiting[0]) {
      waiting.shift();
      jobs.push(next);
      items += next.items.length;
    }
    return jobs;
  }

  async function drain(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const jobs = takeJobs();
      try {
        const shared = await run(
          jobs.flatMap(({ items }) => items),
          Math.max(...jobs.map(({ topK }) => topK)),
        );
        const rows = shared.rows.values();
        for (const { items, topK, resolve } of jobs) {
          resolve({ ...shared, rows: items.map(() => (rows.next().value ?? []).slice(0, topK)) });
        }
      } catch (error) {
        for (const { reject } of jobs) reject(error);
      }
    }
    isRunning = false;
  }

  return (items, topK) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, topK, resolve, reject });
      if (!isRunning) void drain();
    });
}
