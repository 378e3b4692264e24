import { ServiceError } from '../errors.ts';

export interface DeadlineSettings {
  /** For the whole fetch: resolving, connecting, redirects and the body. In milliseconds. */
  readonly totalTimeoutMs: number;
  /** For the next headers or the next piece of a body. In milliseconds. */
  readonly idleTimeoutMs: number;
}

export interface Deadline {
  /** Aborts with a `url_timeout` ServiceError, or with the reason of the caller's own signal. */
  readonly signal: AbortSignal;
  /** Restarts the idle time. */
  progress(): void;
  /**
   * Does some work. Rejects with the signal's reason as soon as the signal aborts, even if the work goes on.
   */
  race<T>(work: () => Promise<T>): Promise<T>;
  /** Must be called at the end, or timers keep running. */
  stop(): void;
}

/** Starts both timers. */
export function startDeadline(settings: DeadlineSettings, callerSignal?: AbortSignal): Deadline {
  const { totalTimeoutMs, idleTimeoutMs } = settings;
  const controller = new AbortController();
  const { signal } = controller;

  const onCallerAbort = (): void => controller.abort(callerSignal?.reason);
  if (callerSignal?.aborted) onCallerAbort();
  callerSignal?.addEventListener('abort', onCallerAbort, { once: true });

  const total = setTimeout(() => {
    controller.abort(
      new ServiceError('url_timeout', `The URL could not be fetched within ${totalTimeoutMs} ms.`),
    );
  }, totalTimeoutMs);
  const idle = setTimeout(() => {
    controller.abort(new ServiceError('url_timeout', `The host sent nothing for ${idleTimeoutMs} ms.`));
  }, idleTimeoutMs);

  return {
    signal,
    progress: () => void idle.refresh(),
    race: (work) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const onAbort = (): void => reject(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        work()
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', onAbort));
      }),
    stop: () => {
      clearTimeout(total);
      clearTimeout(idle);
      callerSignal?.removeEventListener('abort', onCallerAbort);
    },
  };
}
