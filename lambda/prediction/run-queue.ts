/** The items of one request, and the results so far. */
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
  /** One for each item, in order: its `topK` most probable classes. */
  readonly rows: readonly (readonly Row[])[];
  /** Milliseconds to write the tensors. Other requests may have shared the runs. */
  readonly tensorMs: number;
  /** Milliseconds to classify the tensors. */
  readonly inferenceMs: number;
}

export type RunModel<Item, Row> = (items: readonly Item[], topK: number) => Promise<Run<Row>>;

/** Rejects with the reason of the signal if it aborts before the last run of the request starts. */
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
 * Starts one run of the model at a time, with at most `maxItems` items. A run starts immediately if none is
 * in progress: it does not wait for more items. The items of a request that do not fit into one run go to the
 * end of the queue, so a batch holds up other requests for one run at most.
 *
 * A run blocks the event loop. Between two runs the loop turns at least once, to send responses and read
 * requests.
 *
 * @param betweenRuns awaited between two runs, to let in requests that would otherwise miss the next run.
 */
export function createRunQueue<Item, Row>(
  run: RunModel<Item, Row>,
  maxItems: number,
  betweenRuns: () => Promise<void> = async () => {},
): RunQueue<Item, Row> {
  const waiting: Job<Item, Row>[] = [];
  let isRunning = false;

  /** Takes the parts of the next run, in order. Unfinished jobs go to the end of the queue. */
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
