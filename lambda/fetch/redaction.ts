/**
 * Makes a URL safe to log: removes its query, fragment, user name and password, any of which can be a secret.
 * If the scheme is not http or https, only the scheme is kept, because a `data:` URL contains the data
 * itself. Text that is not a URL is left out.
 *
 * @example withoutQuery('https://me:pw@example.com/cat.jpg?token=1#x') // 'https://example.com/cat.jpg'
 */
export function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return parsed.protocol;
  return `${parsed.origin}${parsed.pathname}`;
}

/** The origin of a URL whose path may be a secret too, as those of webhooks often are. */
export const withoutPath = (url: string): string => URL.parse(url)?.origin ?? '(not a URL)';
