/** Values that differ from one request, or one machine, to the next. */
const CHANGES_EACH_TIME: ReadonlySet<string> = new Set([
  'request_id',
  'timing_ms',
  'uptime_s',
  'runtime',
  'model_stats',
  'data',
  'maps',
  'embeddings',
]);

/** Probabilities differ a little between processors. */
const PROBABILITY_TOLERANCE = 0.03;

/** Whether an answer still says what was recorded, apart from ids, times and versions. */
export function sameExample(recorded: unknown, fresh: unknown): boolean {
  if (typeof recorded === 'number' && typeof fresh === 'number') {
    const isProbability = recorded > 0 && recorded < 1 && fresh > 0 && fresh < 1;
    return isProbability ? Math.abs(recorded - fresh) < PROBABILITY_TOLERANCE : recorded === fresh;
  }
  if (!isObject(recorded) || !isObject(fresh)) return recorded === fresh;
  const names = Object.keys(recorded);
  return (
    names.join() === Object.keys(fresh).join() &&
    names.every((name) =>
      CHANGES_EACH_TIME.has(name)
        ? shapeOf(recorded[name]) === shapeOf(fresh[name])
        : sameExample(recorded[name], fresh[name]),
    )
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The names of the fields and the types of their values. */
const shapeOf = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) => (isObject(part) ? part : typeof part));
