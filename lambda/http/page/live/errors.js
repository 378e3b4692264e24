import { sum, total } from './statistics.js';

/** @typedef {import('./history.js').Second} Second */

/** The codes with a status from 500 on: the request was valid, but the service did not answer it. */
export const SERVER_ERRORS = new Set([
  'internal',
  'url_fetch_failed',
  'overloaded',
  'not_ready',
  'deadline_exceeded',
  'gateway_timeout',
  'url_timeout',
]);

/**
 * Counts of errors over some seconds.
 *
 * @param {readonly Second[]} seconds
 */
export function countErrors(seconds) {
  const ofServer = (/** @type {Second} */ { errors }) =>
    total(Object.fromEntries(Object.entries(errors).filter(([code]) => SERVER_ERRORS.has(code))));
  return { all: sum(seconds, ({ errors }) => total(errors)), ofServer: sum(seconds, ofServer) };
}
