/**
 * Characters that are invisible, turn the direction of the text around them, or end a line in one of the
 * languages.
 */
const HIDDEN = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
/** Half of a pair of UTF-16 units. No file name or URL has one. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The text as a string literal that means the same in JavaScript, Python and Go. @param {string} text */
export function literal(text) {
  return JSON.stringify(text.replace(LONE_SURROGATE, '\ufffd')).replace(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
