import { z } from 'zod';
import { ERROR_KINDS, type ErrorCode } from '../../../../lambda/errors.ts';
import type { ProblemBody } from '../../../../lambda/http/problem.ts';
import { JOB_STATUSES } from '../../../../lambda/jobs/engine.ts';
import type { PhotoAnswer } from '../answer.ts';
import { type Patience, type Received, retryAfterMs, type Sent, sendPatiently } from './send.ts';
import type { JobService } from './target.ts';

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_KINDS) as [ErrorCode, ...ErrorCode[]]),
});
const models = z.object({ models: z.array(z.object({ name: z.string(), version: z.string() })).min(1) });
const model = z.object({
  sha256: z.string(),
  output: z.object({ shape: z.array(z.number().nullable()).length(2) }),
  activationMaps: z.object({}).optional(),
});
const upload = z.object({ upload_id: z.string(), url: z.url(), headers: z.record(z.string(), z.string()) });
const counts = z.object({ succeeded: z.number(), failed: z.number() });
const job = z.object({
  job_id: z.string(),
  status: z.enum(JOB_STATUSES),
  counts,
  results: z.object({ parts: z.number() }).optional(),
  reason: z.string().optional(),
});
const resultLine = z.object({
  index: z.number().int().min(0),
  predictions: z.array(z.object({ rank: z.number(), label: z.string(), probability: z.number() })).optional(),
  image: z.object({}).optional(),
  problem: problem.optional(),
});

export type UploadTarget = z.output<typeof upload>;
export interface JobState extends z.output<typeof job> {
  /** When to ask again. */
  readonly retryAfterMs: number | undefined;
}

/** A request that the service refused. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  /** Undefined if something else than the service answered. */
  readonly problem: ProblemBody | undefined;

  constructor(message: string, status: number, problem: ProblemBody | undefined) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  get code(): ErrorCode | undefined {
    return this.problem?.code;
  }
}

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

export interface ResultLine {
  /** Of the input in the job, from 0. */
  readonly index: number;
  readonly answer: PhotoAnswer;
}

function readLine(text: string, id: string): ResultLine {
  const raw = parseOrUndefined(text);
  const parsed = resultLine.safeParse(raw);
  const isWhole = parsed.success && (parsed.data.problem ?? (parsed.data.predictions && parsed.data.image));
  if (!isWhole) throw new Error(`${id}: expected a result in each line, got ${text.slice(0, 100)}`);
  // As the service wrote it, so that its fields keep their order.
  const {
    index,
    input: _input,
    model: _model,
    ...answer
  } = raw as { readonly index: number } & Record<string, unknown>;
  return { index, answer: answer as unknown as PhotoAnswer };
}

/** Presigned: credentials of the API would be refused there. */
const download = (url: URL, patience: Patience): Promise<Received> =>
  sendPatiently(async () => ({ method: 'GET', url, headers: new Headers() }), patience);

function refusal({ status, text }: Received, request: string, hint: string): RefusedError {
  const parsed = problem.safeParse(parseOrUndefined(text));
  if (!parsed.success)
    return new RefusedError(`${request}: got the status ${status}.${hint}`, status, undefined);
  const isAboutAccess = ['forbidden', 'unauthorized', 'not_found'].includes(parsed.data.code);
  const { code, title, detail } = parsed.data;
  return new RefusedError(
    `${request}: ${title} (${code}). ${detail}${isAboutAccess ? hint : ''}`,
    status,
    parsed.data,
  );
}

/** API Gateway refuses a path that a stage does not have as it refuses a wrong key. */
const jobsHint = (stage: string | undefined): string =>
  stage === undefined
    ? ' Uploads and jobs need JOBS=on at the service.'
    : ` If the credentials are right, uploads and jobs are off in this stage: the setting jobs of stages.${stage} in cdk.json switches them on.`;

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
