import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { ProblemBody } from '../../../../lambda/http/problem.ts';
import { UsageError } from '../../command/usage-error.ts';
import { writeFileAtomically } from '../../system/files.ts';
import type { Batch } from './batches.ts';

const schema = z.strictObject({
  /** What all jobs have in common. */
  request: z.strictObject({
    service: z.string(),
    model: z.string(),
    top_k: z.number(),
    explain: z.number(),
  }),
  batches: z.array(
    z.strictObject({
      begun_at: z.iso.datetime().optional(),
      job_id: z.string().optional(),
      photos: z.array(
        z.strictObject({
          /** Absolute. */
          file: z.string(),
          upload_id: z.string().optional(),
          problem: z.custom<ProblemBody>((value) => typeof value === 'object' && value !== null).optional(),
        }),
      ),
    }),
  ),
});

export type JobsRequest = z.output<typeof schema>['request'];

/** The uploads and jobs of a run, in a file beside the results, so that the next run pays for nothing twice. */
export interface JobMemory {
  /** Of earlier runs, in the order of their photos. */
  readonly batches: readonly Batch[];
  /** Changes of a batch are written by {@link save}. */
  add(batch: Batch): void;
  /** The photos of the batch have results. */
  forget(batch: Batch): Promise<void>;
  /** @throws Error in one line if the file cannot be written. */
  save(): Promise<void>;
}

export const memoryPath = (results: string): string => `${results}.jobs.json`;

export const clearMemory = (results: string): Promise<void> => rm(memoryPath(results), { force: true });

/** The jobs that an earlier run has begun at a service. None if there is nothing to read. */
export async function rememberedJobs(results: string, service: string): Promise<readonly string[]> {
  const found = await read(results);
  if (found === undefined || found === 'unreadable' || found.request.service !== service) return [];
  return found.batches.flatMap(({ job_id }) => job_id ?? []);
}

/** @throws UsageError for the jobs of another service or with other options. */
export async function openMemory(results: string, request: JobsRequest): Promise<JobMemory> {
  const found = await read(results);
  if (found === 'unreadable') {
    throw new UsageError(
      `${memoryPath(results)}: expected the jobs of an earlier run, got something else; --restart begins again`,
    );
  }
  if (found && found.batches.length > 0 && !isDeepStrictEqual(found.request, request)) {
    throw new UsageError(
      `${memoryPath(results)}: expected the service and the options of the jobs that have begun (${show(found.request)}), ` +
        `got ${show(request)}; --restart begins again`,
    );
  }
  const earlier = (found?.batches ?? []).map(batchOf);
  let batches: readonly Batch[] = [];
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    if (batches.length === 0) return clearMemory(results);
    const text = JSON.stringify({ request, batches: batches.map(written) });
    await writeFileAtomically(memoryPath(results), `${text}\n`).catch((cause: NodeJS.ErrnoException) => {
      throw new Error(`${memoryPath(results)}: the jobs cannot be remembered (${cause.code})`, { cause });
    });
  }
  /** One after the other, each with what is known when its turn comes. */
  function save(): Promise<void> {
    const saved = writing.then(write);
    writing = saved.catch(() => {});
    return saved;
  }

  return {
    batches: earlier,
    add(batch) {
      batches = [...batches, batch];
    },
    forget(batch) {
      batches = batches.filter((other) => other !== batch);
      return save();
    },
    save,
  };
}

async function read(results: string): Promise<z.output<typeof schema> | 'unreadable' | undefined> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(memoryPath(results), 'utf8')));
    return parsed.success ? parsed.data : 'unreadable';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unreadable';
  }
}

const batchOf = ({ begun_at, job_id, photos }: z.output<typeof schema>['batches'][number]): Batch => ({
  begunAt: begun_at === undefined ? undefined : new Date(begun_at),
  jobId: job_id,
  photos: photos.map(({ file, upload_id, problem }) => ({
    file,
    isWanted: true,
    uploadId: upload_id,
    problem,
  })),
});

const written = ({ begunAt, jobId, photos }: Batch): z.output<typeof schema>['batches'][number] => ({
  begun_at: begunAt?.toISOString(),
  job_id: jobId,
  photos: photos.map(({ file, uploadId, problem }) => ({
    file: resolve(file),
    upload_id: uploadId,
    problem,
  })),
});

const show = ({ service, model, top_k, explain }: JobsRequest): string =>
  `${service}, ${model}, --top-k ${top_k}, --explain ${explain}`;
