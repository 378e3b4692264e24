export interface OrderedResults<Result> {
  /** In the order of the items. Undefined where there is none. */
  readonly results: readonly (Result | undefined)[];
  /** What failed before the signal aborted. */
  readonly failures: readonly { readonly index: number; readonly error: unknown }[];
}

/**
 * Works on items a few at a time. After a failure nothing new is started, but what is under way may end: it is done, and
 * need not be done again. The same happens when `signal` aborts.
 */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<OrderedResults<Result>> {
  const results = items.map((): Result | undefined => undefined);
  const failures: { index: number; error: unknown }[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (signal.aborted || failures.length > 0) return;
      try {
        results[index] = await work(item, index, signal);
      } catch (error) {
        if (!signal.aborted) failures.push({ index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return { results, failures };
}
