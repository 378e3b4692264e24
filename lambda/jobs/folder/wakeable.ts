/** Lets a loop sleep until there is something to do. */
export interface Wakeable {
  wake(): void;
  /** Resolves at the next `wake`, after `maxMs`, or when `signal` aborts. A `wake` since the last sleep counts. */
  sleep(signal: AbortSignal, maxMs?: number): Promise<void>;
}

/** The longest time that a timer can be set to. */
const LONGEST_MS = 2 ** 31 - 1;

export function createWakeable(): Wakeable {
  let isAwake = false;
  let wakeUp: (() => void) | undefined;
  return {
    wake() {
      isAwake = true;
      wakeUp?.();
    },
    async sleep(signal, maxMs = LONGEST_MS) {
      if (!isAwake && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wakeUp = resolve;
        signal.addEventListener('abort', resolve as () => void, { once: true });
        const timer = setTimeout(resolve, Math.min(maxMs, LONGEST_MS));
        timer.unref();
        await promise;
        clearTimeout(timer);
        signal.removeEventListener('abort', resolve as () => void);
        wakeUp = undefined;
      }
      isAwake = false;
    },
  };
}
