/** How many characters of a name or a value an error repeats. */
const MAX_SHOWN = 64;

/** Characters that a terminal or an editor does not show, or that change the order of others. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A name as errors show it: at most 65 characters, all of them visible, with no broken surrogate pair. */
export const shorten = (text: string): string => visible(cut(text));

/** A value as errors show it: in quotes, and shortened as by {@link shorten}. */
export const quote = (text: string): string => visible(JSON.stringify(cut(text)));

const visible = (text: string): string => text.replace(INVISIBLE, '\uFFFD');

const cut = (text: string): string =>
  `${text.slice(0, MAX_SHOWN).toWellFormed()}${text.length > MAX_SHOWN ? '…' : ''}`;
