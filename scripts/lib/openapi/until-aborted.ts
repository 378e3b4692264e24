/** A fetch of a URL that does not end until it is aborted. */
export const untilAborted = (_url: string, _take: unknown, signal?: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
