import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Call, call, send } from '../support.ts';

/** A job, as the API describes it. */
export interface DescribedJob {
  readonly job_id: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly counts: Readonly<Record<'total' | 'succeeded' | 'failed' | 'pending', number>>;
  readonly results?: { readonly url: string };
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

export interface UploadTarget {
  readonly upload_id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param key of the API. */
export function createClient(key: string) {
  async function expected<Body>(status: number, path: string, init: Call = {}): Promise<Body> {
    const answer = await call(path, { ...init, key });
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    return answer.body as Body;
  }
  const find = (id: string) => expected<DescribedJob>(200, `/jobs/${id}`);

  /** Waits until a job is like that. */
  async function until(id: string, isReached: (job: DescribedJob) => boolean): Promise<DescribedJob> {
    for (;;) {
      const job = await find(id);
      if (isReached(job)) return job;
      expect(job.results, 'a job that goes on').toBeUndefined();
      await sleep(300);
    }
  }

  return {
    async createUpload(bytes: number, contentType: string): Promise<UploadTarget> {
      return expected(201, '/uploads', jsonOf({ bytes, content_type: contentType }));
    },
    /** @returns the id of the upload. */
    async upload(bytes: Uint8Array<ArrayBuffer>, type = 'image/jpeg'): Promise<string> {
      const target = await this.createUpload(bytes.byteLength, type);
      const response = await sendFile(target, bytes);
      expect([response.status, await response.text()]).toEqual([200, '']);
      return target.upload_id;
    },
    predictUpload: (id: string): Promise<ResultLine> => expected(200, '/predict', jsonOf({ upload_id: id })),
    start: (body: object): Promise<DescribedJob> => expected(202, '/jobs', jsonOf(body)),
    find,
    until,
    /** Waits until the results can be read. */
    ended: (id: string): Promise<DescribedJob> => until(id, ({ results }) => results !== undefined),
    cancel: (id: string): Promise<DescribedJob> => expected(200, `/jobs/${id}`, { method: 'DELETE' }),
    /** The results of a job, which are a file in S3 that needs no key. */
    async results(id: string): Promise<readonly ResultLine[]> {
      const redirect = await send(`/jobs/${id}/results`, { key, redirect: 'manual' });
      expect([redirect.status, await redirect.text()]).toEqual([303, expect.any(String)]);
      const file = await fetch(redirect.headers.get('location') ?? '');
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
      const lines = (await file.text()).split('\n');
      expect(lines.pop()).toBe('');
      return lines.map((line) => JSON.parse(line));
    },
  };
}

const jsonOf = (body: object): Call => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

export const sendFile = ({ url, headers }: UploadTarget, body: Uint8Array<ArrayBuffer>): Promise<Response> =>
  fetch(url, { method: 'PUT', headers, body });

/** Calls `work` for each item, a few at a time. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
