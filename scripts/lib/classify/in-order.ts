import pLimit from 'p-limit';

export interface Ahead {
  /** How many items are worked on at the same time. */
  readonly atOnce: number;
  /** How many results may wait for an earlier one, so that a slow item does not stop the others. */
  readonly waiting: number;
  /** When it aborts, no more work starts. The results of what has started still come. */
  readonly stop: AbortSignal;
}

/** Works on several items at a time, and yields the results in the order of the items. @throws what `work` throws. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  { atOnce, waiting, stop }: Ahead,
): AsyncGenerator<{ readonly item: Item; readonly result: Result }> {
  const limit = pLimit(atOnce);
  const started: Promise<{ readonly item: Item; readonly result: Result } | undefined>[] = [];
  const next = async () => {
    const done = await started.shift();
    return done ? [done] : [];
  };
  try {
    for (const item of items) {
      if (stop.aborted) break;
      const working = limit(async () => (stop.aborted ? undefined : { item, result: await work(item) }));
      // Its error is thrown when its turn comes.
      working.catch(() => {});
      started.push(working);
      if (started.length >= waiting) yield* await next();
    }
    while (started.length > 0) yield* await next();
  } finally {
    limit.clearQueue();
  }
}
