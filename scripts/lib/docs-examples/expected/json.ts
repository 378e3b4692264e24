import { isLike, REST } from './like.ts';

/** A number of which a page shows only the first digits. */
const BEGINS = 'number that begins with ';

/** JSON as pages show it. `…` stands for the rest of an object, an array, a text or a number, or for any value. */
export type Shown = null | boolean | number | string | readonly Shown[] | { readonly [key: string]: Shown };

/**
 * Reads the JSON values of a block, in order: one over several lines, one on each line, or the fields of an object.
 *
 * @throws SyntaxError
 */
export function readShown(text: string): readonly Shown[] {
  const json = withQuotedRest(text);
  const values = jsonValuesIn(json);
  const between = values.reduce((rest, { source }) => rest.replace(source, ''), json).trim();
  // A setting or two, such as `"jobs": {}`.
  if (between !== '') return [JSON.parse(`{${json}}`)];
  return values.map(({ value }) => value as Shown);
}

/** Makes JSON of what a page shows: each `…` outside a text becomes a text, or a key in an object. */
function withQuotedRest(text: string): string {
  const open: string[] = [];
  const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.]*…|[…{}[\]]/g;
  return text.replace(token, (found) => {
    if (found === '{' || found === '[') open.push(found);
    else if (found === '}' || found === ']') open.pop();
    else if (found === REST) return open.at(-1) === '{' ? `"${REST}":"${REST}"` : `"${REST}"`;
    else if (found.endsWith(REST)) return `"${BEGINS}${found.slice(0, -1)}"`;
    return found;
  });
}

interface Found {
  readonly value: unknown;
  readonly source: string;
}

/** The objects and arrays in a text, in order, such as the answers of one curl after the other. */
export function jsonValuesIn(text: string): readonly Found[] {
  const found: Found[] = [];
  for (let start = 0; start < text.length; start += 1) {
    if (text[start] !== '{' && text[start] !== '[') continue;
    const source = balanced(text, start);
    try {
      found.push({ value: JSON.parse(source), source });
      start += source.length - 1;
    } catch {
      // Not JSON, such as a brace in a sentence.
    }
  }
  return found;
}

/** From a bracket to the one that closes it. */
function balanced(text: string, start: number): string {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === '{' || match[0] === '[') depth += 1;
    if (match[0] === '}' || match[0] === ']') depth -= 1;
    if (depth === 0) return text.slice(start, token.lastIndex);
  }
  return '';
}

/** Digits that differ between processors. */
const TOLERANCE = 1e-3;

/**
 * How a value differs from what a page shows, or undefined. Ids, times and the values in `timing_ms` may differ.
 *
 * @param path of the value, for the answer.
 */
export function differenceOf(shown: Shown, actual: unknown, path = ''): string | undefined {
  const differs = () =>
    `${path || 'the answer'}: the page shows ${JSON.stringify(shown)}, got ${brief(actual)}`;
  if (shown === REST) return undefined;
  if (typeof shown === 'string' && shown.startsWith(BEGINS))
    return String(actual).startsWith(shown.slice(BEGINS.length)) ? undefined : differs();
  if (typeof shown === 'string')
    return typeof actual === 'string' && isLike(shown, actual) ? undefined : differs();
  if (typeof shown === 'number') {
    if (typeof actual !== 'number') return differs();
    const isClose = Math.abs(shown - actual) <= TOLERANCE * Math.max(1, Math.abs(actual));
    return isClose || path.startsWith('timing_ms.') ? undefined : differs();
  }
  if (Array.isArray(shown)) return Array.isArray(actual) ? differenceInArray(shown, actual, path) : differs();
  if (shown !== null && typeof shown === 'object') {
    const isObject = actual !== null && typeof actual === 'object' && !Array.isArray(actual);
    return isObject ? differenceInObject(shown as Readonly<Record<string, Shown>>, actual, path) : differs();
  }
  return shown === actual ? undefined : differs();
}

function differenceInArray(
  shown: readonly Shown[],
  actual: readonly unknown[],
  path: string,
): string | undefined {
  const rest = shown.indexOf(REST);
  const listed = rest === -1 ? shown : shown.slice(0, rest);
  const fits = rest === -1 ? actual.length === listed.length : actual.length >= listed.length;
  if (!fits) return `${path || 'the answer'}: the page shows ${listed.length} elements, got ${actual.length}`;
  return first(listed.map((one, index) => differenceOf(one, actual[index], `${path}[${index}]`)));
}

function differenceInObject(
  shown: Readonly<Record<string, Shown>>,
  actual: object,
  path: string,
): string | undefined {
  const keys = Object.keys(shown).filter((key) => key !== REST);
  const missing = keys.find((key) => !(key in actual));
  if (missing !== undefined)
    return `${path || 'the answer'}: the page shows ${missing}, got ${Object.keys(actual)}`;
  const more = Object.keys(actual).find((key) => !keys.includes(key));
  if (more !== undefined && !(REST in shown))
    return `${path || 'the answer'}: the page does not show ${more}`;
  const under = path === '' ? '' : `${path}.`;
  return first(
    keys.map((key) => differenceOf(shown[key] ?? null, actual[key as keyof typeof actual], `${under}${key}`)),
  );
}

const first = (differences: readonly (string | undefined)[]) => differences.find((one) => one !== undefined);

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};
