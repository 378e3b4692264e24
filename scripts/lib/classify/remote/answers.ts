import { z } from 'zod';
import { ERROR_KINDS, type ErrorCode } from '../../../../lambda/errors.ts';
import { JOB_STATUSES } from '../../../../lambda/jobs/engine.ts';
import type { PhotoAnswer } from '../answer.ts';

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_KINDS) as [ErrorCode, ...ErrorCode[]]),
});
export const models = z.object({
  models: z.array(z.object({ name: z.string(), version: z.string() })).min(1),
});
export const model = z.object({
  sha256: z.string(),
  output: z.object({ shape: z.array(z.number().nullable()).length(2) }),
  activationMaps: z.object({}).optional(),
});
export const upload = z.object({
  upload_id: z.string(),
  url: z.url(),
  headers: z.record(z.string(), z.string()),
});
const counts = z.object({ succeeded: z.number(), failed: z.number() });
export const job = z.object({
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

export interface ResultLine {
  /** Of the input in the job, from 0. */
  readonly index: number;
  readonly answer: PhotoAnswer;
}

/**
 * @param id of the job, for the error.
 * @throws Error in one line for anything else than a result.
 */
export function readLine(text: string, id: string): ResultLine {
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

export function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
