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
  return names
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const [best] = comparable
        .filter((setting) => Math.abs(setting.length - name.length) <= allowedEdits(setting))
        .map((setting) => ({ setting, edits: editDistance(name.toUpperCase(), setting) }))
        .filter(({ setting, edits }) => edits <= allowedEdits(setting))
        .sort((a, b) => a.edits - b.edits);
      return best ? [{ name, nearest: best.setting }] : [];
    });
}

/**
 * How many letters must be added, removed, replaced or swapped with their neighbour: the optimal string
 * alignment.
 */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        isSwapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(a.length, b.length);
}
