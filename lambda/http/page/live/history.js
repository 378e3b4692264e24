/**
 * What happened in one second, as the service sends it.
 *
 * @typedef {object} Second
 * @property {number} t seconds since 1970
 * @property {number} requests
 * @property {number} predictions
 * @property {Readonly<Record<string, number>>} errors by code
 * @property {number} refused before they reached the service, such as requests that are not HTTP
 * @property {{ readonly p50: number, readonly p95: number, readonly p99: number } | null} latency_ms of
 * predictions, over the last ten seconds
 * @property {{ readonly p50: number, readonly p95: number } | null} decode_ms
 * @property {{ readonly p50: number, readonly p95: number } | null} inference_ms
 * @property {Readonly<Record<string, number>>} classes the most probable class of each image
 * @property {Readonly<Record<string, number>>} formats
 * @property {number} in_flight
 * @property {number} queue
 * @property {number} cpu_percent of the CPUs that the service may use
 * @property {number} rss_bytes
 * @property {number} heap_bytes
 * @property {number} event_loop_delay_ms the longest of that second
 * @property {number} low_confidence predictions with a low probability
 */

/** What the service keeps, and the longest window of the page. */
export const MAX_SECONDS = 900;

/** The last {@link MAX_SECONDS} seconds, in order. */
export function createHistory() {
  /** @type {Second[]} */
  let seconds = [];

  return {
    /** The array changes with the next second. */
    get seconds() {
      return /** @type {readonly Second[]} */ (seconds);
    },

    /**
     * Adds what the service knows of the past. Seconds before that stay: after a restart, the service knows less
     * than the page.
     *
     * @param {readonly Second[]} past
     */
    merge(past) {
      const from = past[0]?.t ?? Number.POSITIVE_INFINITY;
      seconds = [...seconds.filter(({ t }) => t < from), ...past].slice(-MAX_SECONDS);
    },

    /** Adds a second. If the clock of the service was set back, it replaces what is not past any more. @param {Second} second */
    push(second) {
      while ((seconds.at(-1)?.t ?? Number.NEGATIVE_INFINITY) >= second.t) seconds.pop();
      seconds.push(second);
      if (seconds.length > MAX_SECONDS) seconds.shift();
    },
  };
}

/**
 * The seconds of a window.
 *
 * @param {readonly Second[]} seconds
 * @param {number} end its last second
 * @param {number} span its length in seconds
 */
export const inWindow = (seconds, end, span) => seconds.filter(({ t }) => t > end - span && t <= end);
