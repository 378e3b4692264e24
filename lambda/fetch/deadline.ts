import { ServiceError } from '../errors.ts';

export interface DeadlineSettings {
  /** For everything: resolving, connecting, redirects and the whole body, in milliseconds. */
  readonly totalTimeoutMs: number;
  /** For the next sign of life (an answer's headers or a piece of its body), in milliseconds. */
  readonly idleTimeoutMs: number;
}

export interface Deadline {
  /** Aborts with a `url_timeout` ServiceError, or with the reason of the caller's own signal. */
  readonly signal: AbortSignal;
  /** Tells of a sign of life: the idle time starts anew. */
  progress(): void;
  /** Does a piece of the work, and rejects with the signal's reason as soon as there is one, the piece done or not. */
  race<T>(work: () => Promise<T>): Promise<T>;
  /** Must be called, else timers outlive the work. */
  stop(): void;
}

/** Starts both clocks now. */
export function startDeadline(settings: DeadlineSettings, callerSignal?: AbortSignal): Deadline {
  const { totalTimeoutMs, idleTimeoutMs } = settings;
  const controller = new AbortController();
  const { signal } = controller;

  const onCallerAbort = (): void => controller.abort(callerSignal?.reason);
  if (callerSignal?.aborted) onCallerAbort();
  callerSignal?.addEventListener('abort', onCallerAbort, { once: true });

  const total = setTimeout(() => {
    controller.abort(
      new ServiceError('url_timeout', `The image was not there in whole after ${totalTimeoutMs} ms.`),
    );
  }, totalTimeoutMs);
  const idle = setTimeout(() => {
    controller.abort(new ServiceError('url_timeout', `Nothing came from the host for ${idleTimeoutMs} ms.`));
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
