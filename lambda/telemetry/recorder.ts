import type { Observability, Sink } from './requests.ts';

/** Tells every sink what happens, in the order of the sinks. */
export function createRecorder(sinks: readonly Sink[]): Observability {
  const needsCpuUsage = sinks.some((sink) => sink.needsCpuUsage);
  return {
    cpuUsage: () => (needsCpuUsage ? process.cpuUsage() : undefined),
    recordRequest: toAll(sinks.map((sink) => sink.recordRequest)),
    recordRefusal: toAll(sinks.map((sink) => sink.recordRefusal)),
    recordBlock: toAll(sinks.map((sink) => sink.recordBlock)),
    recordCaptureLoss: toAll(sinks.map((sink) => sink.recordCaptureLoss)),
    recordLifecycle: toAll(sinks.map((sink) => sink.recordLifecycle)),
  };
}

function toAll<Values extends unknown[]>(
  takers: readonly (((...values: Values) => void) | undefined)[],
): (...values: Values) => void {
  const present = takers.filter((take) => take !== undefined);
  return (...values) => {
    for (const take of present) take(...values);
  };
}
