/** What one request has for the model: `items` of it, each with as many of its first classes as were asked for. */
interface Job<Item, Row> {
  readonly items: readonly Item[];
  readonly topK: number;
  readonly signal: AbortSignal;
  readonly rows: (readonly Row[])[];
  tensorMs: number;
  inferenceMs: number;
  readonly resolve: (run: Run<Row>) => void;
  readonly reject: (error: unknown) => void;
}

export interface Run<Row> {
  /** One for each item, in order, each with the first classes. */
  readonly rows: readonly (readonly Row[])[];
  /** Milliseconds of the runs, which other requests may have shared: to write the tensors, and to classify them. */
  readonly tensorMs: number;
  readonly inferenceMs: number;
}

export type RunModel<Item, Row> = (items: readonly Item[], topK: number) => Promise<Run<Row>>;

/** Rejects with the reason of the signal where it aborts before the last run of the job begins. */
export type RunQueue<Item, Row> = (
  items: readonly Item[],
  topK: number,
  signal: AbortSignal,
) => Promise<Run<Row>>;

interface Part<Item, Row> {
  readonly job: Job<Item, Row>;
  readonly items: readonly Item[];
}

/**
 * One run of the model at a time, of at most `maxItems`; nothing waits for company. Requests take turns: what a request
 * has beyond one run goes behind the others, so that a batch holds up nobody for longer than one run. A run holds the
 * event loop, which turns at least once between two of them: the answers leave and the next requests are read.
 *
 * @param betweenRuns awaited between two runs, to let in what would have to wait for the next one.
 */
export function createRunQueue<Item, Row>(
  run: RunModel<Item, Row>,
  maxItems: number,
  betweenRuns: () => Promise<void> = async () => {},
): RunQueue<Item, Row> {
  const waiting: Job<Item, Row>[] = [];
  let isRunning = false;

  /** The parts of the next run, in order. Jobs that are not whole yet go to the end of the line. */
  function takeParts(): Part<Item, Row>[] {
    const parts: Part<Item, Row>[] = [];
    const unfinished: Job<Item, Row>[] = [];
    let room = maxItems;
    while (room > 0) {
      const job = waiting.shift();
      if (!job) break;
      if (job.signal.aborted) {
        job.reject(job.signal.reason);
        continue;
      }
      const start = job.rows.length;
      const items = job.items.slice(start, start + room);
      parts.push({ job, items });
      room -= items.length;
      if (start + items.length < job.items.length) unfinished.push(job);
    }
    waiting.push(...unfinished);
    return parts;
  }

  async function runParts(parts: readonly Part<Item, Row>[]): Promise<void> {
    try {
      const shared = await run(
        parts.flatMap(({ items }) => items),
        Math.max(...parts.map(({ job }) => job.topK)),
      );
      const rows = shared.rows.values();
      for (const { job, items } of parts) {
        for (const _ of items) job.rows.push((rows.next().value ?? []).slice(0, job.topK));
        job.tensorMs += shared.tensorMs;
        job.inferenceMs += shared.inferenceMs;
        const { tensorMs, inferenceMs } = job;
        if (job.rows.length === job.items.length) job.resolve({ rows: job.rows, tensorMs, inferenceMs });
      }
    } catch (error) {
      for (const { job } of parts) {
        const place = waiting.indexOf(job);
        if (place >= 0) waiting.splice(place, 1);
        job.reject(error);
      }
    }
  }

  async function drain(): Promise<void> {
    isRunning = true;
    for (let parts = takeParts(); parts.length > 0; parts = takeParts()) {
      await runParts(parts);
      await betweenRuns();
    }
    isRunning = false;
  }

  return (items, topK, signal) =>
    new Promise((resolve, reject) => {
      const job = { items, topK, signal, rows: [], tensorMs: 0, inferenceMs: 0, resolve, reject };
      waiting.push(job);
      if (!isRunning) void drain();
    });
}
