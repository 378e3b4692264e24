/** Whether a stream can redraw a line: a terminal, unless it says that it only prints. */
export const canRedraw = (
  { isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>,
  { TERM }: NodeJS.ProcessEnv = process.env,
): boolean => isTTY && TERM !== 'dumb';

/** Whether characters beyond ASCII can be shown: yes, unless the locale names another encoding. */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv = process.env): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return locale === '' || /utf-?8/i.test(locale);
}
