import { missingCredential } from './credentials.js';
import { element } from './elements.js';

/**
 * Why there is no answer: an RFC 9457 problem of the service, or one that the page found itself.
 *
 * @typedef {object} Problem
 * @property {string} title
 * @property {string} detail
 * @property {string} [code]
 * @property {number} [status]
 * @property {string} [request_id]
 */

/** @type {Problem} */
export const NO_ANSWER = {
  title: 'The service did not answer',
  detail: 'Check that it is running and reachable, then try again.',
};

/**
 * Gateways and proxies may answer with a body of their own, or with none.
 *
 * @param {Response} response
 * @param {any} body
 * @returns {Problem}
 */
export function problemOf(response, body) {
  const problem = body.title
    ? body
    : {
        title: `The request failed with HTTP ${response.status}`,
        detail: body.message ?? 'There is no further explanation.',
        request_id: response.headers.get('x-amzn-requestid') ?? undefined,
      };
  const mayLackCredential = problem.code
    ? problem.code === 'forbidden' || problem.code === 'unauthorized'
    : response.status === 401 || response.status === 403;
  return mayLackCredential ? { ...problem, detail: `${problem.detail} ${missingCredential}` } : problem;
}

/** @param {Problem} problem @returns {Node[]} */
export function problemNodes({ title, detail, code, status, request_id: requestId }) {
  const origin = [code, status && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean);
  return [
    element('strong', title),
    element('p', detail),
    ...(origin.length > 0 ? [element('small', origin.join(' · '))] : []),
  ];
}
