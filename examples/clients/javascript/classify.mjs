import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const USAGE = 'Usage: node classify.mjs [--url BASE] FILE_OR_URL...';
const MAX_ATTEMPTS = 5;
/** For all attempts of a request together. */
const MAX_MS = 60_000;
/** The service's limit. */
const BATCH_SIZE = 16;

const { API_KEY, API_TOKEN } = process.env;
const credentials = {
  ...(API_KEY && { 'x-api-key': API_KEY }),
  ...(API_TOKEN && { authorization: `Bearer ${API_TOKEN}` }),
};

/** Sends a request until it is answered. Nothing is stored, so it may be sent again. */
async function post(url, body, headers = {}) {
  const deadline = Date.now() + MAX_MS;
  for (let attempt = 1; ; attempt += 1) {
    const { status, retryAfter, text, noAnswer } = await tryPost(url, {
      headers: { ...headers, ...credentials },
      body,
      signal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
    });
    if (status === 200) return parseAnswer(text);
    const error = noAnswer ?? problemError(status, text);
    if (!noAnswer && status !== 429 && status !== 503) throw error;

    // Random, so that clients that were refused together do not come back together.
    const backoffMs = Math.random() * 500 * 2 ** (attempt - 1);
    const waitMs = backoffMs + (/^\d+$/.test(retryAfter) ? 1000 * Number(retryAfter) : 0);
    if (attempt === MAX_ATTEMPTS || Date.now() + waitMs >= deadline) throw error;
    console.error(`${error.message} Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
    await sleep(waitMs);
  }
}

async function tryPost(url, init) {
  try {
    // The service never redirects. Another server must not get the key.
    const response = await fetch(url, { ...init, method: 'POST', redirect: 'manual' });
    const retryAfter = response.headers.get('retry-after') ?? '';
    return { status: response.status, retryAfter, text: await response.text() };
  } catch (error) {
    return { noAnswer: new Error(`no answer from ${url}: ${error.cause?.code ?? error.message}.`) };
  }
}

function parseAnswer(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('expected JSON, got something else with status 200.');
  }
}

/** What the problem details (RFC 9457) say, if the answer has any. */
function problemError(status, text) {
  try {
    const { code, detail } = JSON.parse(text);
    if (code) return new Error(`${code}: ${detail}`);
  } catch {
    // Not JSON.
  }
  return new Error(`expected problem details, got something else with status ${status}.`);
}

/** A prediction or an error for each file. Asks once for all of them. */
async function classifyFiles(base, files) {
  const images = await Promise.all(files.map(async (file) => new Blob([await readFile(file)])));
  if (images.length === 1) return (await post(`${base}/predict?top_k=1`, images[0])).predictions;
  const form = new FormData();
  for (const [index, image] of images.entries()) form.append('file', image, basename(files[index]));
  const { results } = await post(`${base}/predict/batch?top_k=1`, form);
  return results.map(({ predictions, problem }) =>
    problem ? new Error(`${problem.code}: ${problem.detail}`) : predictions[0],
  );
}

async function classifyUrl(base, url) {
  const headers = { 'content-type': 'application/json' };
  return (await post(`${base}/predict/url?top_k=1`, JSON.stringify({ url }), headers)).predictions;
}

/** Pairs each name with its prediction or its error. */
async function outcomesOf(names, predictions) {
  const results = await predictions.catch((error) => names.map(() => error));
  return names.map((name, index) => ({ name, result: results[index] }));
}

function printTable(rows) {
  const table = [['FILE', 'LABEL', 'PROBABILITY'], ...rows];
  const width = (column) => Math.max(...table.map((row) => row[column].length));
  for (const [name, label, probability] of table) {
    console.log(`${name.padEnd(width(0))}  ${label.padEnd(width(1))}  ${probability}`);
  }
}

function isUrl(text) {
  return /^https?:\/\//.test(text);
}

function readArguments() {
  try {
    const options = { url: { type: 'string', default: 'http://localhost:8080' } };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length > 0 && isUrl(values.url)) {
      return { base: values.url.replace(/\/+$/, ''), images: positionals };
    }
  } catch {
    // Prints how to call it.
  }
  console.error(USAGE);
  process.exit(2);
}

const { base, images } = readArguments();
const files = images.filter((image) => !isUrl(image));
const outcomes = [];
for (let start = 0; start < files.length; start += BATCH_SIZE) {
  const batch = files.slice(start, start + BATCH_SIZE);
  outcomes.push(...(await outcomesOf(batch, classifyFiles(base, batch))));
}
for (const url of images.filter(isUrl)) outcomes.push(...(await outcomesOf([url], classifyUrl(base, url))));

const failures = outcomes.filter(({ result }) => result instanceof Error);
const rows = outcomes
  .filter(({ result }) => !(result instanceof Error))
  .map(({ name, result }) => [name, result.label, result.probability.toFixed(4)]);
if (rows.length > 0) printTable(rows);
for (const { name, result } of failures) console.error(`${name}: ${result.message}`);
process.exitCode = failures.length > 0 ? 1 : 0;
