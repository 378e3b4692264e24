/**
 * Why `fetch` got no answer. Its own message is only "fetch failed", and the cause has an empty one if several addresses
 * were tried, such as ::1 and 127.0.0.1.
 */
export function whyUnreachable({ cause, message }: Error): string {
  if (!(cause instanceof Error)) return message;
  return cause.message || ('code' in cause ? String(cause.code) : message);
}
