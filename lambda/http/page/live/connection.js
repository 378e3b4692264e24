import { readStream } from './stream.js';

/**
 * @typedef {{ readonly kind: 'connecting' }
 *   | { readonly kind: 'live' }
 *   | { readonly kind: 'waiting', readonly why: string, readonly seconds: number }
 *   | { readonly kind: 'token', readonly wasRefused: boolean }
 *   | { readonly kind: 'forbidden', readonly detail: string }
 *   | { readonly kind: 'off' }} ConnectionState
 */

/** Seconds until the next attempt, after one, two, three … failures. */
const BACKOFF = [1, 2, 4, 8, 15, 30];

/**
 * Keeps one stream open: after a failure it waits, longer each time, and tries again.
 *
 * @param {string} url
 * @param {object} handlers
 * @param {(state: ConnectionState) => void} handlers.onState
 * @param {(event: import('./sse.js').ServerEvent) => void} handlers.onEvent
 */
export function createConnection(url, { onState, onEvent }) {
  let token = '';
  let current = new AbortController();
  /** @type {ConnectionState} */
  let state = { kind: 'connecting' };

  /** @param {ConnectionState} next */
  function enter(next) {
    state = next;
    onState(next);
  }

  async function run() {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    for (let failures = 0; ; failures += 1) {
      enter({ kind: 'connecting' });
      const ending = await readStream(url, {
        token,
        signal,
        onEvent(event) {
          if (signal.aborted) return;
          onEvent(event);
          failures = 0;
          if (state.kind !== 'live') enter({ kind: 'live' });
        },
      });
      if (signal.aborted) return;
      const next = after(ending, token !== '', BACKOFF[Math.min(failures, BACKOFF.length - 1)] ?? 30);
      enter(next);
      if (next.kind !== 'waiting') return;
      await sleep(next.seconds, signal);
      if (signal.aborted) return;
    }
  }

  return {
    start: run,
    /** Ends a wait early, and asks again after a refusal. */
    retry() {
      if (state.kind === 'waiting' || state.kind === 'forbidden' || state.kind === 'off') run();
    },
    /** Connects again with a token. It is kept in memory only. @param {string} given */
    useToken(given) {
      token = given;
      run();
    },
  };
}

/**
 * @param {import('./stream.js').Ending} ending
 * @param {boolean} hadToken
 * @param {number} seconds
 * @returns {ConnectionState}
 */
function after(ending, hadToken, seconds) {
  if (ending.kind === 'lost') return { kind: 'waiting', why: ending.why, seconds };
  const { status, detail } = ending;
  if (status === 401) return { kind: 'token', wasRefused: hadToken };
  if (status === 403) return { kind: 'forbidden', detail };
  if (status === 404) return { kind: 'off' };
  return { kind: 'waiting', why: detail || `The service answered with HTTP ${status}.`, seconds };
}

/**
 * @param {number} seconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
const sleep = (seconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
