import { sum, total } from './statistics.js';

/** @typedef {import('./history.js').Second} Second */

/**
 * The codes of requests that were valid, but that the service did not answer. Without url_fetch_failed and url_timeout,
 * which have a status from 500 on too: the server at the caller's URL failed.
 */
export const SERVER_ERRORS = new Set([
  'internal',
  'overloaded',
  'not_ready',
  'deadline_exceeded',
  'gateway_timeout',
  'storage_full',
]);

/**
 * Counts of errors over some seconds.
 *
 * @param {readonly Second[]} seconds
 */
export function countErrors(seconds) {
  const ofServer = (/** @type {Second} */ { errors }) =>
    total(Object.fromEntries(Object.entries(errors).filter(([code]) => SERVER_ERRORS.has(code))));
  const all = sum(seconds, ({ errors }) => total(errors));
  const server = sum(seconds, ofServer);
  return { ofServer: server, notValid: all - server };
}
