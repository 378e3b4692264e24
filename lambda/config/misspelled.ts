/**
 * Shorter names, such as PORT and API_URL, are not compared: POST and APP_URL are one letter away and mean
 * something else.
 */
const SHORTEST = 8;
/** Set by Lambda, not by a person. */
const PLATFORM_PREFIX = 'AWS_';

const allowedEdits = (setting: string) => (setting.length < 10 ? 1 : 2);

export interface Misspelled {
  readonly name: string;
  /** The setting that was probably meant. */
  readonly nearest: string;
}

/**
 * Finds the names that look like a misspelled setting. An environment is full of variables that others read,
 * so a name counts only when it is one or two letters away from a setting, or differs from it in case.
 *
 * @param names every name in the environment.
 * @param settings every name that the service reads.
 */
export function findMisspelled(names: readonly string[], settings: readonly string[]): Misspelled[] {
  const known = new Set(settings);
  const comparable = settings.filter(
    (setting) => setting.length >= SHORTEST && !setting.startsWith(PLATFORM_PREFIX),
  );
  return names.flatMap((name) => {
    const nearest = known.has(name) ? undefined : nearestTo(name.toUpperCase(), comparable);
    return nearest ? [{ name, nearest }] : [];
  });
}

function nearestTo(name: string, settings: readonly string[]): string | undefined {
  for (const edits of [0, 1, 2]) {
    const found = settings.find(
      (setting) => edits <= allowedEdits(setting) && isWithin(name, setting, edits),
    );
    if (found) return found;
  }
  return undefined;
}

/**
 * Whether at most `edits` letters must be added, removed, replaced or swapped with their neighbour to turn
 * one text into the other. Stops as soon as too many letters differ, so it adds next to nothing to a cold
 * start.
 */
function isWithin(a: string, b: string, edits: number): boolean {
  if (Math.abs(a.length - b.length) > edits) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [restA, restB] = [a.slice(same), b.slice(same)];
  if (restA === restB) return true;
  if (edits === 0) return false;
  const isSwapped = restA[0] === restB[1] && restA[1] === restB[0];
  return (
    isWithin(restA.slice(1), restB, edits - 1) ||
    isWithin(restA, restB.slice(1), edits - 1) ||
    isWithin(restA.slice(1), restB.slice(1), edits - 1) ||
    (isSwapped && isWithin(restA.slice(2), restB.slice(2), edits - 1))
  );
}
