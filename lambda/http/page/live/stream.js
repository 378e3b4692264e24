import { createEventParser } from './sse.js';

/**
 * Why a stream has ended.
 *
 * @typedef {{ readonly kind: 'refused', readonly status: number, readonly detail: string }
 *   | { readonly kind: 'lost', readonly why: string }} Ending
 */

/** The service sends an event each second. Without one for this long, the connection is taken for dead. */
const SILENCE_MS = 10_000;

/**
 * Reads an event stream until it ends. EventSource cannot send a token, so this uses fetch.
 *
 * @param {string} url
 * @param {object} options
 * @param {string} options.token sent as a bearer token; none if empty
 * @param {AbortSignal} options.signal ends the stream
 * @param {(event: import('./sse.js').ServerEvent) => void} options.onEvent
 * @returns {Promise<Ending>}
 */
export async function readStream(url, { token, signal, onEvent }) {
  const silence = new AbortController();
  let timer = 0;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    restart();
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok) return { kind: 'refused', status: response.status, detail: await detailOf(response) };
    const type = response.headers.get('content-type') ?? 'no type';
    if (!response.body || !type.startsWith('text/event-stream')) {
      return { kind: 'lost', why: `The service sent ${type} in place of a stream of events.` };
    }
    const parse = createEventParser(onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      restart();
      parse(piece.value);
    }
    return { kind: 'lost', why: 'The service ended the connection.' };
  } catch (error) {
    if (silence.signal.aborted) return { kind: 'lost', why: 'The service sent nothing for 10 seconds.' };
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return { kind: 'lost', why: 'The service sent an event that this page does not understand.' };
    }
    return { kind: 'lost', why: 'The service cannot be reached.' };
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/**
 * The explanation in a problem document. Proxies may answer with something else.
 *
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function detailOf(response) {
  try {
    const { detail } = await response.json();
    return typeof detail === 'string' ? detail : '';
  } catch {
    return '';
  }
}
