/** @typedef {{ readonly name: string, readonly data: string }} ServerEvent */

/** The longest event is the history: 900 seconds of about 1 kB. */
const MAX_CHARACTERS = 8_000_000;

/**
 * Takes the text of an event stream apart: https://html.spec.whatwg.org/multipage/server-sent-events.html.
 * Knows the fields `event` and `data`, and lines that end in LF or CRLF.
 *
 * @param {(event: ServerEvent) => void} onEvent
 * @returns {(text: string) => void} takes the next piece of the stream; it may end anywhere. Throws RangeError
 * for an event that is too long.
 */
export function createEventParser(onEvent) {
  let unfinished = '';
  let name = '';
  /** @type {string[]} */
  let data = [];

  /** @param {string} line */
  function take(line) {
    if (line === '') {
      if (data.length > 0) onEvent({ name: name || 'message', data: data.join('\n') });
      name = '';
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }

  return (text) => {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    if (unfinished.length > MAX_CHARACTERS) {
      throw new RangeError(`Expected an event of at most ${MAX_CHARACTERS} characters, got more.`);
    }
    for (const line of lines) take(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
}
