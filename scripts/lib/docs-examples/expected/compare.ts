import { differenceOf, jsonValuesIn, readShown, type Shown } from './json.ts';
import { isLike, REST } from './like.ts';

/**
 * How the output of a block differs from the JSON that a page shows after it, or undefined. Each value of the page must
 * be one of the output, in the same order.
 */
export function compareJson(text: string, output: string): string | undefined {
  const actual = jsonValuesIn(output).map(({ value }) => value);
  let values: readonly Shown[];
  try {
    values = readShown(text);
  } catch (error) {
    return `the page shows JSON that cannot be read: ${(error as Error).message}`;
  }
  let next = 0;
  for (const shown of values) {
    const found = actual.findIndex(
      (value, index) => index >= next && differenceOf(shown, value) === undefined,
    );
    if (found === -1) return explain(shown, actual.slice(next));
    next = found + 1;
  }
  return undefined;
}

/** Names the difference to the output that comes closest: the one of which the most is alike. */
function explain(shown: Shown, actual: readonly unknown[]): string {
  if (actual.length === 0) return `the page shows ${JSON.stringify(shown)}, got no such JSON`;
  const keysOf = (value: unknown) => (value !== null && typeof value === 'object' ? Object.keys(value) : []);
  const shared = (value: unknown) => keysOf(value).filter((key) => keysOf(shown).includes(key)).length;
  const closest = actual.reduce((best, value) => (shared(value) > shared(best) ? value : best), actual[0]);
  return differenceOf(shown, closest) ?? 'the values are in another order';
}

/**
 * The first line of a page that is not in the output, or undefined. The lines must be in the same order; `…` stands
 * for any part of a line, or for lines that the page leaves out.
 */
export function compareText(text: string, output: string): string | undefined {
  const actual = output.split('\n').map(normal);
  let next = 0;
  for (const shown of text.split('\n').map(normal)) {
    if (shown === '' || shown === REST) continue;
    const found = actual.findIndex((line, index) => index >= next && isLike(shown, line));
    if (found === -1) return `the page shows the line "${shown}", which is not in the output, or not there`;
    next = found + 1;
  }
  return undefined;
}

/** Spaces align columns, whose width depends on what is in them. */
const normal = (line: string): string => line.replace(/\s+/g, ' ').trim();
