/** Of RFC 9110 and RFC 5789. A client may send any other word as a method. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);
/** For what has no value of its own. */
const OTHER = 'other';

export const methodLabel = (method: string): string => (METHODS.has(method) ? method : OTHER);

/** @returns a function that returns the first `maximum` different values as they are, and `other` for the rest. */
export function boundedLabel(maximum: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= maximum) return OTHER;
    known.add(value);
    return value;
  };
}
