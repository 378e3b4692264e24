const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * A terminal sends Ctrl-C to every process, and npm passes on the one it gets, so one key press can arrive
 * twice.
 */
const REPETITION_MS = 500;

/**
 * Calls back once, on the first signal that asks the process to end. A later one, unless it is a repetition
 * of the first, ends the process immediately.
 */
export function onFirstSignal(callback: (signal: (typeof SIGNALS)[number]) => void): void {
  const ignore = () => {};
  const first = (signal: (typeof SIGNALS)[number]) => {
    for (const each of SIGNALS) process.off(each, first).on(each, ignore);
    setTimeout(() => {
      for (const each of SIGNALS) process.off(each, ignore);
    }, REPETITION_MS).unref();
    callback(signal);
  };
  for (const signal of SIGNALS) process.on(signal, first);
}
