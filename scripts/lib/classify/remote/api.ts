import type { z } from 'zod';
import {
  type JobState,
  job,
  model,
  models,
  parseOrUndefined,
  type ResultLine,
  readLine,
  type UploadTarget,
  upload,
} from './answers.ts';
import { jobsHint, refusal } from './refusal.ts';
import { type Patience, type Received, retryAfterMs, type Sent, sendPatiently } from './send.ts';
import type { JobService } from './target.ts';

/** The calls of a service with uploads and jobs. They throw a RefusedError, or what {@link sendPatiently} throws. */
export function createJobApi({ url: base, credentials, stage }: JobService, patience: Patience) {
  async function call(
    method: Sent['method'],
    path: string,
    {
      body,
      headers: given = {},
    }: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Received> {
    const url = new URL(path, base);
    const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
    const headers = new Headers({ ...given, ...(bytes ? { 'content-type': 'application/json' } : {}) });
    const answer = await sendPatiently(
      async () => ({
        method,
        url,
        headers: await credentials.authorize({ method, url, headers, body: bytes }),
        body: bytes,
      }),
      patience,
    );
    if (answer.status < 400) return answer;
    throw refusal(
      answer,
      `${method} ${url.pathname}`,
      path === 'uploads' || path === 'jobs' ? jobsHint(stage) : '',
    );
  }
  const read = <Schema extends z.ZodType>(schema: Schema, { text }: Received): z.output<Schema> => {
    const parsed = schema.safeParse(parseOrUndefined(text));
    if (parsed.success) return parsed.data;
    throw new Error(`${base}: expected an answer of this service, got something else: ${text.slice(0, 100)}`);
  };
  const jobState = (answer: Received): JobState => ({
    ...read(job, answer),
    retryAfterMs: retryAfterMs(answer.headers),
  });

  return {
    async models() {
      return read(models, await call('GET', 'models')).models;
    },
    /** @param name with a version, as `NAME@VERSION`. */
    async model(name: string) {
      const { sha256, output, activationMaps } = read(
        model,
        await call('GET', `models/${encodeURIComponent(name)}`),
      );
      return { sha256, classes: output.shape[1] ?? 0, hasActivationMaps: activationMaps !== undefined };
    },
    async createUpload(bytes: number): Promise<UploadTarget> {
      return read(upload, await call('POST', 'uploads', { body: { bytes } }));
    },
    /** Sends the file of an upload. Its URL is its own credential. */
    async sendFile({ url, headers }: UploadTarget, body: Uint8Array<ArrayBuffer>): Promise<void> {
      const target = new URL(url);
      const answer = await sendPatiently(
        async () => ({ method: 'PUT', url: target, headers: new Headers(headers), body }),
        patience,
      );
      if (answer.status >= 300) throw refusal(answer, `PUT ${target.origin}`, '');
    },
    async createJob(body: object, idempotencyKey: string): Promise<JobState> {
      return jobState(await call('POST', 'jobs', { body, headers: { 'idempotency-key': idempotencyKey } }));
    },
    async job(id: string): Promise<JobState> {
      return jobState(await call('GET', `jobs/${id}`));
    },
    async cancel(id: string): Promise<void> {
      await call('DELETE', `jobs/${id}`);
    },
    /** The lines of a part of the results. */
    async results(id: string, part: number): Promise<readonly ResultLine[]> {
      const answer = await call('GET', `jobs/${id}/results?part=${part}`);
      const location = answer.headers.get('location');
      const { status, text } = location === null ? answer : await download(new URL(location, base), patience);
      if (status !== 200) throw new Error(`${base}: expected the results of ${id}, got the status ${status}`);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => readLine(line, id));
    },
  };
}

export type JobApi = ReturnType<typeof createJobApi>;

/** Presigned: credentials of the API would be refused there. */
const download = (url: URL, patience: Patience): Promise<Received> =>
  sendPatiently(async () => ({ method: 'GET', url, headers: new Headers() }), patience);
