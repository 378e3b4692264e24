import { byName, type Repeated } from './repeated.ts';
import { invalidFields } from './validate.ts';

/** Far more than any path takes. Thousands fit into the headers of a request, and would take milliseconds. */
const MAX_QUERY_PARAMETERS = 100;

/** The query parameters in a URL. @throws ServiceError `invalid_request` for more than a hundred */
export function readQuery(url: string): Readonly<Record<string, string | Repeated>> {
  const start = url.indexOf('?');
  if (start < 0) return {};
  requireFew(url, start);
  return byName(new URLSearchParams(url.slice(start + 1)), (value) => value);
}

function requireFew(url: string, start: number): void {
  let count = 0;
  for (let at = start; at >= 0; at = url.indexOf('&', at + 1)) count += 1;
  if (count <= MAX_QUERY_PARAMETERS) return;
  throw invalidFields([
    { field: 'query', message: `expected at most ${MAX_QUERY_PARAMETERS} parameters, got ${count}` },
  ]);
}
