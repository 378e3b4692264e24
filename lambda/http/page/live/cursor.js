/**
 * The second that a person points at, the same in all charts. The mouse points at a place, under which the
 * seconds move on. The keyboard chooses a second, which moves on with its place.
 */
export function createCursor() {
  /** @type {{ kind: 'none' } | { kind: 'place', ago: number } | { kind: 'second', t: number }} */
  let state = { kind: 'none' };
  /** @type {(() => void)[]} */
  const listeners = [];

  /** @param {typeof state} next */
  function enter(next) {
    state = next;
    for (const listener of listeners) listener();
  }

  return {
    /** @param {() => void} listener */
    onChange: (listener) => void listeners.push(listener),
    clear: () => enter({ kind: 'none' }),
    /** @param {number} ago seconds before the end of the window */
    pointAt: (ago) => enter({ kind: 'place', ago }),
    /** @param {number} t */
    choose: (t) => enter({ kind: 'second', t }),
    /**
     * The second that is pointed at. Undefined if there is none in the window.
     *
     * @param {{ readonly end: number, readonly span: number }} window
     */
    second({ end, span }) {
      if (state.kind === 'none') return undefined;
      const t = state.kind === 'place' ? end - state.ago : state.t;
      return t > end - span && t <= end ? t : undefined;
    },
  };
}

/** Seconds that a key moves the cursor by. */
const KEYS = new Map([
  ['ArrowLeft', -1],
  ['ArrowDown', -1],
  ['ArrowRight', 1],
  ['ArrowUp', 1],
  ['PageDown', -10],
  ['PageUp', 10],
  ['Home', Number.NEGATIVE_INFINITY],
  ['End', Number.POSITIVE_INFINITY],
]);

/**
 * The second that a key leads to. Undefined for all other keys.
 *
 * @param {string} key
 * @param {number} from
 * @param {{ readonly end: number, readonly span: number }} window
 */
export function secondAfterKey(key, from, { end, span }) {
  const step = KEYS.get(key);
  return step === undefined ? undefined : Math.min(end, Math.max(end - span + 1, from + step));
}
