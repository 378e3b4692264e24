import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

interface Prediction {
  readonly label: string;
  /** 0..1 */
  readonly probability: number;
}

/** Problem details (RFC 9457). Read `code` in programs; `detail` is for people. */
interface Problem {
  readonly code: string;
  readonly detail: string;
}

interface SingleAnswer {
  readonly predictions: readonly [Prediction];
}

type BatchItem = SingleAnswer | { readonly problem: Problem };

interface BatchAnswer {
  readonly results: readonly BatchItem[];
}

type Outcome = { readonly name: string } & ({ readonly prediction: Prediction } | { readonly error: Error });

/** What came of one attempt. */
type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs: number; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string };

const USAGE = 'Usage: node classify.ts [--url BASE] FILE_OR_URL...';
const MAX_ATTEMPTS = 5;
/** For all attempts of a request together. */
const MAX_MS = 60_000;
/** The service's limit. */
const BATCH_SIZE = 16;
const RETRIED_STATUSES: readonly number[] = [429, 503];

const { API_KEY, API_TOKEN } = process.env;
const credentials: Readonly<Record<string, string>> = {
  ...(API_KEY && { 'x-api-key': API_KEY }),
  ...(API_TOKEN && { authorization: `Bearer ${API_TOKEN}` }),
};

/** Sends a request until it is answered. Nothing is stored, so it may be sent again. */
async function post<Answer>(
  url: string,
  body: Blob | FormData | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const deadline = Date.now() + MAX_MS;
  for (let attempt = 1; ; attempt += 1) {
    const reply = await send(url, {
      body,
      headers: { ...headers, ...credentials },
      signal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
    });
    if (reply.kind === 'answer' && reply.status === 200) return parseAnswer<Answer>(reply.text);
    const error = errorOf(url, reply);
    if (reply.kind === 'answer' && !RETRIED_STATUSES.includes(reply.status)) throw error;

    // Random, so that clients that were refused together do not come back together.
    const backoffMs = Math.random() * 500 * 2 ** (attempt - 1);
    const waitMs = backoffMs + (reply.kind === 'answer' ? reply.retryAfterMs : 0);
    if (attempt === MAX_ATTEMPTS || Date.now() + waitMs >= deadline) throw error;
    console.error(`${error.message} Trying again in ${(waitMs / 1000).toFixed(1)} s.`);
    await sleep(waitMs);
  }
}

async function send(url: string, init: RequestInit): Promise<Reply> {
  try {
    // The service never redirects. Another server must not get the key.
    const response = await fetch(url, { ...init, method: 'POST', redirect: 'manual' });
    const retryAfter = response.headers.get('retry-after') ?? '';
    return {
      kind: 'answer',
      status: response.status,
      retryAfterMs: /^\d+$/.test(retryAfter) ? 1000 * Number(retryAfter) : 0,
      text: await response.text(),
    };
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    return { kind: 'none', reason: cause?.code ?? message };
  }
}

function parseAnswer<Answer>(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new Error('expected JSON, got something else with status 200.');
  }
}

function errorOf(url: string, reply: Reply): Error {
  if (reply.kind === 'none') return new Error(`no answer from ${url}: ${reply.reason}.`);
  try {
    const problem = JSON.parse(reply.text) as Partial<Problem>;
    if (problem.code) return new Error(`${problem.code}: ${problem.detail}`);
  } catch {
    // Not JSON.
  }
  return new Error(`expected problem details, got something else with status ${reply.status}.`);
}

/** An outcome for each file. Asks once for all of them. */
async function classifyFiles(base: string, files: readonly string[]): Promise<Outcome[]> {
  const images = await Promise.all(files.map(async (file) => new Blob([await readFile(file)])));
  const [name, image] = [files[0], images[0]];
  if (name && image && images.length === 1) {
    const { predictions } = await post<SingleAnswer>(`${base}/predict?top_k=1`, image);
    return [{ name, prediction: predictions[0] }];
  }
  const form = new FormData();
  for (const [index, image] of images.entries()) form.append('file', image, basename(files[index] ?? ''));
  const { results } = await post<BatchAnswer>(`${base}/predict/batch?top_k=1`, form);
  return results.map((result, index) => ({ name: files[index] ?? '', ...read(result) }));
}

function read(item: BatchItem): { readonly prediction: Prediction } | { readonly error: Error } {
  return 'problem' in item
    ? { error: new Error(`${item.problem.code}: ${item.problem.detail}`) }
    : { prediction: item.predictions[0] };
}

async function classifyUrl(base: string, url: string): Promise<Outcome[]> {
  const body = JSON.stringify({ url });
  const headers = { 'content-type': 'application/json' };
  const { predictions } = await post<SingleAnswer>(`${base}/predict/url?top_k=1`, body, headers);
  return [{ name: url, prediction: predictions[0] }];
}

/** If a request fails, all of its images do. */
async function orErrors(names: readonly string[], outcomes: Promise<Outcome[]>): Promise<Outcome[]> {
  return outcomes.catch((error: Error) => names.map((name) => ({ name, error })));
}

function printTable(rows: readonly (readonly [string, string, string])[]): void {
  const table = [['FILE', 'LABEL', 'PROBABILITY'] as const, ...rows];
  const width = (column: 0 | 1) => Math.max(...table.map((row) => row[column].length));
  for (const [name, label, probability] of table) {
    console.log(`${name.padEnd(width(0))}  ${label.padEnd(width(1))}  ${probability}`);
  }
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

function readArguments(): { readonly base: string; readonly images: readonly string[] } {
  try {
    const options = { url: { type: 'string', default: 'http://localhost:8080' } } as const;
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
const outcomes: Outcome[] = [];
for (let start = 0; start < files.length; start += BATCH_SIZE) {
  const batch = files.slice(start, start + BATCH_SIZE);
  outcomes.push(...(await orErrors(batch, classifyFiles(base, batch))));
}
for (const url of images.filter(isUrl)) outcomes.push(...(await orErrors([url], classifyUrl(base, url))));

const rows = outcomes.flatMap((outcome) =>
  'prediction' in outcome
    ? [[outcome.name, outcome.prediction.label, outcome.prediction.probability.toFixed(4)] as const]
    : [],
);
if (rows.length > 0) printTable(rows);
for (const outcome of outcomes)
  if ('error' in outcome) console.error(`${outcome.name}: ${outcome.error.message}`);
process.exitCode = rows.length < outcomes.length ? 1 : 0;
