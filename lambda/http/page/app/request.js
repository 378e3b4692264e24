import { credentialHeader } from './credentials.js';
import { NO_ANSWER, problemOf } from './problem.js';

/** @import { Problem } from './problem.js' */

/** @typedef {{ kind: 'file', file: File, download?: string }} OneFile `download` is its URL, if the service has the file */
/** @typedef {OneFile | { kind: 'url', url: string }} Single one photo */
/** @typedef {Single | { kind: 'batch', files: File[] }} Source what is classified */

/**
 * The options of a prediction. Without a model, the default one answers; without explain, no classes are explained.
 *
 * @typedef {{ topK: number, model: string | undefined, explain: number | undefined }} Options
 */

/** @typedef {{ rank: number, index: number, wnid?: string, label: string, probability: number }} Prediction */
/** @typedef {{ left: number, top: number, width: number, height: number }} Region in pixels of the upright photo */
/** @typedef {{ rank: number, index: number, minimum: number, maximum: number, values: number[][] }} ActivationMap */
/** @typedef {{ format: string, width: number, height: number, bytes: number }} ImageFacts */

/**
 * @typedef {object} Answer for one photo
 * @property {string} request_id
 * @property {{ name: string, version: string }} model
 * @property {Prediction[]} predictions
 * @property {ImageFacts} image
 * @property {{ region: Region, maps: ActivationMap[] }} [explanation]
 * @property {{ decode: number, inference: number, total: number }} timing_ms
 * @property {number} roundTripMs
 */

/** @typedef {{ answer: Answer } | { problem: Problem }} Outcome */

/**
 * @param {Single} source
 * @param {Options} options
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome>}
 */
export async function predict(source, options, signal) {
  const sent = source.kind === 'url' ? urlRequest(source.url, options) : fileRequest(source.file, options);
  const { body, problem, roundTripMs } = await post(sent, signal);
  return problem ? { problem } : { answer: { ...body, roundTripMs } };
}

/**
 * @param {File[]} files at most as many, and as large, as one request may have
 * @param {Options} options
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome[]>} in the order of the files
 */
export async function predictBatch(files, options, signal) {
  const form = new FormData();
  for (const file of files) form.append('file', file, file.name);
  const path = `predict/batch${queryOf(options)}`;
  const { body, problem, roundTripMs } = await post({ path, body: form, headers: {} }, signal);
  if (problem) return files.map(() => ({ problem }));
  const { results, ...heading } = body;
  return results.map((/** @type {any} */ item) =>
    item.problem
      ? { problem: { ...item.problem, request_id: heading.request_id } }
      : { answer: { ...heading, ...item, roundTripMs } },
  );
}

/** @param {string} url @param {Options} options */
function urlRequest(url, { topK, model, explain }) {
  const body = JSON.stringify({ url, top_k: topK, explain });
  return { path: `predict/url${queryOf({ model })}`, body, headers: { 'content-type': 'application/json' } };
}

/** @param {File} file @param {Options} options */
function fileRequest(file, options) {
  // The service detects the format from the first bytes, but would read a file of type JSON as a request.
  const type = file.type.startsWith('image/') ? file.type : 'application/octet-stream';
  return { path: `predict${queryOf(options)}`, body: file, headers: { 'content-type': type } };
}

/** @param {Partial<Options>} options */
function queryOf({ topK, model, explain }) {
  const set = Object.entries({ top_k: topK, model, explain }).filter(([, value]) => value !== undefined);
  return set.length > 0 ? `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}` : '';
}

/**
 * @param {{ path: string, body: BodyInit, headers: Record<string, string> }} request
 * @param {AbortSignal} signal
 */
async function post({ path, body, headers }, signal) {
  const start = performance.now();
  try {
    const response = await fetch(path, {
      method: 'POST',
      body,
      // Whoever tries the service here has not agreed that images are kept.
      headers: { 'x-no-capture': '1', ...credentialHeader(), ...headers },
      signal,
    });
    const text = await response.text();
    const roundTripMs = performance.now() - start;
    const answer = parseObject(text);
    const isAnswer = response.ok && (answer.predictions || answer.results);
    return { body: answer, problem: isAnswer ? undefined : problemOf(response, answer), roundTripMs };
  } catch (error) {
    if (!signal.aborted) console.error(error);
    return { body: {}, problem: NO_ANSWER, roundTripMs: performance.now() - start };
  }
}

/** @param {string} text @returns {any} */
function parseObject(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
