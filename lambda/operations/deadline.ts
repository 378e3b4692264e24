/**
 * Does some work within a time, whether or not the work obeys its signal.
 *
 * @param timeoutMs milliseconds.
 * @throws Error that names the time, or whatever the work throws.
 */
export async function withDeadline<Value>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`expected an answer within ${timeoutMs} ms, got none`);
    // Before the work hears of it, so that this error and not the work's own comes first.
    reject(error);
    controller.abort(error);
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
