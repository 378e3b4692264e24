import { byName, type Repeated } from './repeated.ts';

/** The query parameters in a URL. */
export function readQuery(url: string): Readonly<Record<string, string | Repeated>> {
  if (!url.includes('?')) return {};
  return byName(new URL(url).searchParams, (value) => value);
}
