import { inWindow } from './history.js';

/**
 * What the service says about itself.
 *
 * @typedef {object} Info
 * @property {string} service
 * @property {string} version
 * @property {string} node
 * @property {string} onnxruntime
 * @property {string} started_at
 * @property {number} uptime_s
 * @property {string} stage
 * @property {number} threads
 * @property {number} cpus
 * @property {number} memory_limit_bytes
 * @property {number} max_in_flight
 * @property {readonly { readonly name: string, readonly version: string, readonly state: string }[]} models
 */

/**
 * What the panels show.
 *
 * @typedef {object} View
 * @property {readonly import('./history.js').Second[]} seconds those of the window, in order
 * @property {readonly import('./history.js').Second[]} minute the last minute, whatever the window is
 * @property {boolean} isLoading whether nothing has arrived yet
 * @property {number} end the last second of the window
 * @property {number} span the length of the window in seconds
 * @property {boolean} isNow whether the window ends now: it does not if the view is paused or not connected
 * @property {Info | undefined} info
 */

/**
 * @param {readonly import('./history.js').Second[]} all
 * @param {{ readonly span: number, readonly isNow: boolean, readonly info: Info | undefined }} choice
 * @returns {View}
 */
export function createView(all, { span, isNow, info }) {
  const end = all.at(-1)?.t ?? 0;
  return {
    seconds: inWindow(all, end, span),
    minute: inWindow(all, end, 60),
    isLoading: all.length === 0,
    end,
    span,
    isNow,
    info,
  };
}
