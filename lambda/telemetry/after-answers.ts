import type { Observability } from './requests.ts';

/**
 * Records requests after their answers have been sent, so that no client waits for a log line. Everything is
 * recorded in the order in which it happened, and before the process exits.
 *
 * Not for Lambda, which stops the process as soon as it has the answer.
 */
export function recordAfterAnswers(observability: Observability): Observability {
  let due: (() => void)[] = [];

  function flush(): void {
    const records = due;
    due = [];
    for (const record of records) record();
  }
  const inOrder =
    <Arguments extends unknown[]>(record: (...values: Arguments) => void) =>
    (...values: Arguments): void => {
      flush();
      record(...values);
    };

  process.on('exit', flush);
  return {
    cpuUsage: observability.cpuUsage,
    recordRequest(record, outcome) {
      // The answer is sent in this turn of the event loop.
      if (due.length === 0) setImmediate(flush);
      due.push(() => observability.recordRequest(record, outcome));
    },
    recordRefusal: inOrder(observability.recordRefusal),
    recordBlock: inOrder(observability.recordBlock),
    recordCaptureLoss: inOrder(observability.recordCaptureLoss),
    recordLifecycle: inOrder(observability.recordLifecycle),
  };
}
