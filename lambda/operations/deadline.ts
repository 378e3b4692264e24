/**
 * Limits the time of some work, even if the work ignores its signal.
 *
 * @param timeoutMs milliseconds.
 * @throws Error naming the time limit, or the error of the work.
 */
export async function withDeadline<Value>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`expected an answer within ${timeoutMs} ms, got none`);
    // Rejects before it aborts, so that this error wins over the one that the work throws when it is aborted.
    reject(error);
    controller.abort(error);
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
