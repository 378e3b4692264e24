/**
 * A URL as logs may hold it: without its query, fragment, user name and password, any of which can be a secret. Of another
 * scheme than http and https only the scheme is kept (a `data:` URL is its content), of what is no URL nothing.
 *
 * @example withoutQuery('https://me:pw@example.com/cat.jpg?token=1#x') // 'https://example.com/cat.jpg'
 */
export function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return parsed.protocol;
  return `${parsed.origin}${parsed.pathname}`;
}
