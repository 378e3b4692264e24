import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { ProblemBody } from '../../../../lambda/http/problem.ts';

/** The most inputs of a job. */
const MAX_INPUTS = 1000;
/** Uploads can be read for 24 hours. The rest is for the job, which has to wait for others and to read them. */
const UPLOADS_ARE_GOOD_MS = 16 * 3_600_000;

/** What is known of one photo before its result. */
export interface BatchPhoto {
  /** As it was given. */
  readonly file: string;
  /** False if an earlier run has written its result, or if it is not asked for any more. */
  readonly isWanted: boolean;
  uploadId: string | undefined;
  /** Why it cannot be uploaded. */
  problem: ProblemBody | undefined;
}

/** Photos that become one job. */
export interface Batch {
  readonly photos: readonly BatchPhoto[];
  /** When its first upload began. */
  begunAt: Date | undefined;
  jobId: string | undefined;
}

export function* newBatches(files: readonly string[]): Generator<Batch> {
  for (let start = 0; start < files.length; start += MAX_INPUTS) {
    const photos = files
      .slice(start, start + MAX_INPUTS)
      .map((file) => ({ file, isWanted: true, uploadId: undefined, problem: undefined }));
    yield { photos, begunAt: undefined, jobId: undefined };
  }
}

/**
 * Finds out which photos are in batches of an earlier run.
 *
 * @param files without results, as they are given now.
 * @returns the batches that have some of them, and the other photos.
 */
export function sortOut(
  files: readonly string[],
  batches: readonly Batch[],
): { readonly begun: readonly Batch[]; readonly fresh: readonly string[] } {
  const known = new Set(batches.flatMap(({ photos }) => photos.map(({ file }) => resolve(file))));
  /** Of the photos that are in batches: as they are given now, by their absolute paths. */
  const given = new Map<string, string>();
  const fresh = files.filter((file) => {
    const absolute = resolve(file);
    if (!known.has(absolute)) return true;
    given.set(absolute, file);
    return false;
  });
  const begun = batches.map((batch) => ({
    ...batch,
    photos: batch.photos.map((photo) => {
      const file = given.get(resolve(photo.file));
      return { ...photo, file: file ?? photo.file, isWanted: file !== undefined };
    }),
  }));
  return { begun: begun.filter(({ photos }) => photos.some(({ isWanted }) => isWanted)), fresh };
}

/** Whether a job with the uploads of a batch could come too late. */
export const hasOldUploads = ({ begunAt, jobId }: Batch): boolean =>
  jobId === undefined && begunAt !== undefined && Date.now() - begunAt.getTime() > UPLOADS_ARE_GOOD_MS;

export function forgetUploads(batch: Batch): void {
  batch.begunAt = undefined;
  for (const photo of batch.photos) photo.uploadId = undefined;
}

export const uploadedOf = ({ photos }: Batch): readonly BatchPhoto[] =>
  photos.filter(({ uploadId }) => uploadId !== undefined);

export interface JobOptions {
  /** `NAME@VERSION`, so that all jobs have the same model although a deployment comes between them. */
  readonly model: string;
  readonly top_k: number;
  /** 0 for none. */
  readonly explain: number;
}

/** The body of `POST /jobs`, and a key that a second try of the same body has too. */
export function jobRequest(batch: Batch, { explain, ...options }: JobOptions) {
  const body = {
    inputs: uploadedOf(batch).map(({ uploadId }) => ({ upload_id: uploadId })),
    ...options,
    ...(explain > 0 ? { explain } : {}),
  };
  return { body, idempotencyKey: createHash('sha256').update(JSON.stringify(body)).digest('hex') };
}
