/** @import { SnippetRequest } from './request.js' */

/**
 * The options of a request by the API's names. All may be in its query, and all but `model` in its JSON.
 *
 * @typedef {{ top_k?: number, model?: string | undefined, explain?: number | undefined }} Options
 */

/** @param {SnippetRequest} request @returns {Options} */
export const optionsOf = ({ topK, model, explain }) => ({ top_k: topK, model, explain });

/**
 * Sorted by name: AWS expects that of a signature, and not every version of curl sorts what it signs.
 *
 * @param {Options} options
 * @returns {string} with its question mark, or empty without options
 */
export function queryOf(options) {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(set.map(([name, value]) => [name, String(value)]));
  query.sort();
  return set.length > 0 ? `?${query}` : '';
}
