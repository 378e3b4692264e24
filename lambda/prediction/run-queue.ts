/** Runs one model. Its results are one for each item, in order. */
export type RunModel<Item, Row> = (items: readonly Item[]) => Promise<Run<Row>>;

export interface Run<Row> {
  readonly rows: readonly Row[];
  /** Milliseconds to write the tensors. Other requests may have shared the runs. */
  readonly tensorMs: number;
  /** Milliseconds to run the model on them. */
  readonly inferenceMs: number;
}

/**
 * Adds the items of a request. Rejects with the reason of the signal if it aborts before the last run of the
 * request starts.
 *
 * @param model runs with no other model's items. Always the same function for the same model.
 */
export type RunQueue<Item, Row> = (
  model: RunModel<Item, Row>,
  items: readonly Item[],
  signal: AbortSignal,
) => Promise<Run<Row>>;

/** The items of one request, and the results so far. */
interface Job<Item, Row> {
  readonly model: RunModel<Item, Row>;
  readonly items: readonly Item[];
  readonly signal: AbortSignal;
  readonly rows: Row[];
  tensorMs: number;
  inferenceMs: number;
  readonly resolve: (run: Run<Row>) => void;
  readonly reject: (error: unknown) => void;
}

interface Part<Item, Row> {
  readonly job: Job<Item, Row>;
  readonly items: readonly Item[];
}

/**
 * Starts one run at a time, of one model and with at most `maxItems` items. A run starts immediately if none is in
 * progress: it does not wait for more items. The request that has waited longest decides which model runs next,
 * and waiting requests for the same model share the run. The items of a request that do not fit into one run go to
 * the end of the queue, so a batch holds up other requests for one run at most.
 *
 * A run blocks the event loop. Between two runs the loop turns at least once, to send responses and read
 * requests.
 *
 * @param betweenRuns awaited between two runs, to let in requests that would otherwise miss the next run.
 */
export function createRunQueue<Item, Row>(
  maxItems: number,
  betweenRuns: () => Promise<void> = async () => {},
): RunQueue<Item, Row> {
  let waiting: Job<Item, Row>[] = [];
  let isRunning = false;

  function dropAborted(): void {
    const [aborted, going] = [waiting.filter(isAborted), waiting.filter((job) => !isAborted(job))];
    waiting = going;
    for (const { reject, signal } of aborted) reject(signal.reason);
  }

  /** Takes the parts of the next run, in order. Unfinished jobs go to the end of the queue. */
  function takeParts(): Part<Item, Row>[] {
    dropAborted();
    const model = waiting[0]?.model;
    const parts: Part<Item, Row>[] = [];
    const passed: Job<Item, Row>[] = [];
    const unfinished: Job<Item, Row>[] = [];
    let room = maxItems;
    for (const job of waiting) {
      if (room === 0 || job.model !== model) {
        passed.push(job);
        continue;
      }
      const start = job.rows.length;
      const items = job.items.slice(start, start + room);
      parts.push({ job, items });
      room -= items.length;
      if (start + items.length < job.items.length) unfinished.push(job);
    }
    waiting = [...passed, ...unfinished];
    return parts;
  }

  async function runParts([first, ...others]: readonly [
    Part<Item, Row>,
    ...Part<Item, Row>[],
  ]): Promise<void> {
    const parts = [first, ...others];
    try {
      const shared = await first.job.model(parts.flatMap(({ items }) => items));
      const rows = shared.rows.values();
      for (const { job, items } of parts) {
        for (const _ of items) job.rows.push(rows.next().value as Row);
        job.tensorMs += shared.tensorMs;
        job.inferenceMs += shared.inferenceMs;
        const { tensorMs, inferenceMs } = job;
        if (job.rows.length === job.items.length) job.resolve({ rows: job.rows, tensorMs, inferenceMs });
      }
    } catch (error) {
      const failed = new Set(parts.map(({ job }) => job));
      waiting = waiting.filter((job) => !failed.has(job));
      for (const { reject } of failed) reject(error);
    }
  }

  async function drain(): Promise<void> {
    isRunning = true;
    for (;;) {
      const [first, ...others] = takeParts();
      if (!first) break;
      await runParts([first, ...others]);
      await betweenRuns();
    }
    isRunning = false;
  }

  return (model, items, signal) =>
    new Promise((resolve, reject) => {
      waiting.push({ model, items, signal, rows: [], tensorMs: 0, inferenceMs: 0, resolve, reject });
      if (!isRunning) void drain();
    });
}

const isAborted = ({ signal }: { readonly signal: AbortSignal }): boolean => signal.aborted;
