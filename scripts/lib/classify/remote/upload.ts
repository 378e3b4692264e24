import { ServiceError } from '../../../../lambda/errors.ts';
import { type ProblemBody, problemBody } from '../../../../lambda/http/problem.ts';
import { requireFormat } from '../../../../lambda/images/formats/detect.ts';
import { readPhoto } from '../photos/read-photo.ts';
import type { JobApi } from './api.ts';
import type { BatchPhoto } from './batches.ts';
import { RefusedError } from './refusal.ts';

/** What a service can allow at most: MAX_UPLOAD_BYTES. */
const MAX_BYTES = 100_000_000;
/** An upload may be sent for 15 minutes. */
const FORBIDDEN = 403;

/**
 * Uploads a photo, and notes its id or its problem. What is no image at all is not sent.
 *
 * @throws Error in one line if the service fails or refuses uploads.
 */
export async function uploadPhoto(api: JobApi, photo: BatchPhoto): Promise<void> {
  try {
    const bytes = await readPhoto(photo.file, MAX_BYTES);
    requireFormat(bytes);
    photo.uploadId = await send(api, Uint8Array.from(bytes));
  } catch (error) {
    photo.problem = problemOfPhoto(error);
    if (photo.problem === undefined) throw error;
  }
}

async function send(api: JobApi, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  for (let isSecond = false; ; isSecond = true) {
    const target = await api.createUpload(bytes.byteLength);
    try {
      await api.sendFile(target, bytes);
      return target.upload_id;
    } catch (error) {
      // The pauses between the tries were longer than the URL is good for.
      if (isSecond || !(error instanceof RefusedError && error.status === FORBIDDEN)) throw error;
    }
  }
}

/** Undefined for an error that is not about the photo. */
function problemOfPhoto(error: unknown): ProblemBody | undefined {
  if (error instanceof ServiceError) return problemBody(error);
  return error instanceof RefusedError && error.problem?.code === 'image_too_large'
    ? error.problem
    : undefined;
}
