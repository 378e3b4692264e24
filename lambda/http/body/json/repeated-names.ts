/**
 * The names that a JSON object has more than once, with how often. `JSON.parse` keeps the last value of such
 * a name, and does not report it.
 *
 * @param json text that `JSON.parse` has accepted as an object.
 */
export function repeatedNames(json: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let depth = 0;
  let start = 0;
  let end = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '"') {
      start = at;
      at = closingQuote(json, at + 1);
      end = at + 1;
    } else if (character === ':' && depth === 1) {
      const name = unquoted(json.slice(start, end));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return new Map([...counts].filter(([, count]) => count > 1));
}

/** The position of the quote that ends a string whose first character is at `start`. */
function closingQuote(json: string, start: number): number {
  let quote = json.indexOf('"', start);
  while (isEscaped(json, start, quote)) quote = json.indexOf('"', quote + 1);
  return quote;
}

function isEscaped(json: string, start: number, quote: number): boolean {
  let first = quote;
  while (first > start && json[first - 1] === '\\') first -= 1;
  return (quote - first) % 2 === 1;
}

/** Most names have no escapes, and are read faster without a parser. */
function unquoted(text: string): string {
  return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1);
}
