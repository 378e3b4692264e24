/** Set by Lambda, not by a person. */
const PLATFORM_PREFIX = 'AWS_';
/** In a word of this length or more, one wrong letter is a slip. In a shorter one it makes another word. */
const LONG_WORD = 5;

export interface Misspelled {
  readonly name: string;
  /** The setting that was probably meant. */
  readonly nearest: string;
}

/**
 * Finds the names that are almost certainly a misspelled setting. An environment is full of variables that
 * others read, and a false alarm keeps a working service from starting. So a name counts only when it differs
 * from a setting in case, or by one slip in one of its words. Settings of one word, such as PORT, are not
 * compared: POST and PORTS mean something else.
 *
 * @param names every name in the environment.
 * @param settings every name that the service reads.
 */
export function findMisspelled(names: readonly string[], settings: readonly string[]): Misspelled[] {
  const known = new Set(settings);
  const comparable = settings.filter(
    (setting) => setting.includes('_') && !setting.startsWith(PLATFORM_PREFIX),
  );
  return names.flatMap((name) => {
    if (known.has(name)) return [];
    const nearest = comparable.find((setting) => isMisspelling(name.toUpperCase(), setting));
    return nearest ? [{ name, nearest }] : [];
  });
}

function isMisspelling(name: string, setting: string): boolean {
  if (name === setting) return true;
  if (Math.abs(name.length - setting.length) > 1) return false;
  const words = name.split('_');
  const right = setting.split('_');
  // Names of two words are common, so the first one must be right: KLOG_LEVEL, MODELS_DIR and LOGLEVEL exist.
  const isCommon = right.length === 2;
  if (words.length < right.length) return !isCommon && words.join('') === right.join('');
  const wrong = right.flatMap((word, at) => (word === words[at] ? [] : [at]));
  const [at = 0, ...others] = wrong;
  if (words.length !== right.length || others.length > 0 || (isCommon && at === 0)) return false;
  return isSlip(words[at] ?? '', right[at] ?? '', at === right.length - 1);
}

/**
 * Whether a word is another one with two neighbours swapped, with or without an S at its end, or with one
 * wrong letter in a long word. A letter may be missing from a short last word, which is often a unit, such as
 * MB instead of MIB.
 */
function isSlip(word: string, right: string, isLast: boolean): boolean {
  if (word === `${right}S` || `${word}S` === right) return true;
  let same = 0;
  while (same < right.length && word[same] === right[same]) same += 1;
  const [rest, rightRest] = [word.slice(same), right.slice(same)];
  const isSwapped =
    rest[0] === rightRest[1] && rest[1] === rightRest[0] && rest.slice(2) === rightRest.slice(2);
  const isMissing = rest === rightRest.slice(1);
  if (isSwapped) return true;
  if (right.length < LONG_WORD) return isLast && isMissing;
  return isMissing || rest.slice(1) === rightRest || rest.slice(1) === rightRest.slice(1);
}
