/** A block of JSON whose outer objects are on one line. */
export function jsonBlock(before: string, value: Readonly<Record<string, unknown>>, after: string): string {
  const lines = Object.entries(value).map(([key, inner]) => `  ${member(key, inner, '  ')}`);
  return ['```json', before, lines.join(',\n'), after, '```'].join('\n');
}

const LONGEST_LINE = 90;

/** A member of an object. What fits into a line is in one. */
function member(key: string, value: unknown, indent: string): string {
  return `${JSON.stringify(key)}: ${laidOut(value, indent, indent.length + key.length + 4)}`;
}

/** @param column where the value begins */
function laidOut(value: unknown, indent: string, column: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const line = oneLine(value);
  if (column + line.length <= LONGEST_LINE) return line;
  const deeper = `${indent}  `;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((entry) => laidOut(entry, deeper, deeper.length))]
    : ['{', '}', Object.entries(value).map(([key, inner]) => member(key, inner, deeper))];
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${oneLine(inner)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
