/**
 * Works on items a few at a time, and gives the results in the order of the items.
 *
 * After the first failure nothing new is started, what is under way is aborted, and when all of it has ended the failure
 * is thrown. The same happens when `signal` aborts, but then nothing is thrown: the results that are missing are
 * undefined.
 */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<readonly (Result | undefined)[]> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const results = items.map((): Result | undefined => undefined);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (either.aborted) return;
      results[index] = await work(item, index, either);
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, () =>
    worker().catch((error: unknown) => {
      if (!signal.aborted) failure.abort(error);
    }),
  );
  await Promise.all(workers);
  if (failure.signal.aborted) throw failure.signal.reason;
  return results;
}
