import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Answer, answerOf } from '../../support/openapi.ts';
import { type Call, call, send } from '../support.ts';

/** A job, as the API describes it. */
export interface DescribedJob {
  readonly job_id: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly counts: Readonly<Record<'total' | 'succeeded' | 'failed' | 'pending', number>>;
  readonly results?: { readonly url: string; readonly parts: number; readonly expires_at: string };
  readonly reason?: string;
}

/** One line of the results. */
export interface ResultLine {
  readonly index: number;
  readonly input: { readonly upload_id?: string; readonly url?: string; readonly s3?: string };
  readonly predictions?: readonly { readonly index: number; readonly probability: number }[];
  readonly image?: { readonly bytes: number };
  readonly problem?: { readonly code: string; readonly status: number };
}

type Caller = Pick<Call, 'key'>;

export const postJson = (path: string, body: object, { headers, ...init }: Call = {}): Promise<Answer> =>
  call(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    ...init,
  });

function expected<Body>(answer: Answer, status: number): Body {
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  return answer.body as Body;
}

export interface UploadTarget {
  readonly upload_id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const createUpload = async (bytes: number, type: string, caller: Caller = {}): Promise<UploadTarget> =>
  expected(await postJson('/uploads', { bytes, content_type: type }, caller), 201);

export const sendFile = ({ url, headers }: UploadTarget, body: Uint8Array<ArrayBuffer>): Promise<Response> =>
  fetch(url, { method: 'PUT', headers, body });

/** @returns the id of the upload. */
export async function upload(
  bytes: Uint8Array<ArrayBuffer>,
  type = 'image/jpeg',
  caller: Caller = {},
): Promise<string> {
  const target = await createUpload(bytes.byteLength, type, caller);
  const response = await sendFile(target, bytes);
  expect([response.status, await response.text()]).toEqual([200, '']);
  return target.upload_id;
}

export const startJob = async (body: object, init: Call = {}): Promise<DescribedJob> =>
  expected(await postJson('/jobs', body, init), 202);

export const findJob = async (id: string, caller: Caller = {}): Promise<DescribedJob> =>
  expected(await call(`/jobs/${id}`, caller), 200);

/** Waits until a job is like that. */
export async function jobThat(id: string, isReached: (job: DescribedJob) => boolean): Promise<DescribedJob> {
  for (;;) {
    const job = await findJob(id);
    if (isReached(job)) return job;
    expect(hasEnded(job), `Expected another state before the end, got ${JSON.stringify(job)}`).toBe(false);
    await sleep(300);
  }
}

const hasEnded = ({ status }: DescribedJob) => status !== 'queued' && status !== 'running';
export const ended = (id: string): Promise<DescribedJob> => jobThat(id, hasEnded);

/** The results of a job, which are a file in S3 that needs no key. */
export async function resultsOf(id: string): Promise<readonly ResultLine[]> {
  const response = await send(`/jobs/${id}/results`, { redirect: 'manual' });
  expect([response.status, await response.text()]).toEqual([303, expect.any(String)]);
  const file = await fetch(response.headers.get('location') ?? '');
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  const lines = (await file.text()).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

export async function cancelJob(id: string): Promise<DescribedJob> {
  return expected(await answerOf(await send(`/jobs/${id}`, { method: 'DELETE' })), 200);
}

/** Calls `work` for each item, a few at a time. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
