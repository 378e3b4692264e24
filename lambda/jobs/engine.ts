import type { TakePiece } from '../fetch/fetch.ts';
import type { ClassifyOptions } from '../prediction/predictor.ts';
import type { JobId, Owner, UploadId } from './ids.ts';

/**
 * Uploads and jobs, as routes use them. A server keeps them in a folder; on AWS they are in S3 and Step Functions. Both
 * pass the same tests.
 */
export interface JobEngine {
  readonly uploads: Uploads;
  readonly jobs: Jobs;
}

export interface UploadRequest {
  /** Of the file that will be sent: exactly this many. */
  readonly bytes: number;
  /** The `Content-Type` that will be sent. */
  readonly contentType: string;
}

/** Where a client sends the file of an upload, and with which headers. */
export interface UploadTarget {
  readonly id: UploadId;
  /** Absolute. Whoever has it can send the file until it expires. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export interface Uploads {
  /**
   * @param baseUrl of the service as the client sees it, with a slash at the end.
   * @param address of the client, which gets a share of the room. Undefined if it is not known, or if there is room without
   *   end.
   * @throws ServiceError `storage_full`
   */
  create(owner: Owner, request: UploadRequest, baseUrl: string, address?: string): Promise<UploadTarget>;
  /**
   * Passes the pieces of an uploaded file to `take`, in order.
   *
   * @param onSize called with the number of bytes before the first piece. What it throws ends the read.
   * @throws ServiceError `upload_not_found` if there is none, it was never sent, it has expired or it belongs to somebody
   *   else; the reason of `signal`.
   */
  read(
    owner: Owner,
    id: UploadId,
    take: TakePiece,
    signal: AbortSignal,
    onSize?: (bytes: number) => void,
  ): Promise<void>;
}

/** One image of a job. */
export type JobInput =
  | { readonly upload_id: UploadId }
  | { readonly url: string }
  /** An object of S3, such as `s3://bucket/folder/cat.jpg`. */
  | { readonly s3: string };

export type JobSource =
  | { readonly kind: 'inputs'; readonly inputs: readonly JobInput[] }
  /** All objects whose URI begins with this, such as `s3://bucket/folder/`, in the order of their names. */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** An uploaded file with one input a line: `https://…`, `s3://…` or the id of an upload. */
  | { readonly kind: 'manifest'; readonly uploadId: UploadId };

export interface JobRequest {
  readonly source: JobSource;
  readonly options: ClassifyOptions;
  /** `NAME@VERSION`. Undefined for the default model. */
  readonly model: string | undefined;
  /** Gets the summary of the job when it ends. */
  readonly webhook: string | undefined;
}

export const JOB_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
export type FinalStatus = Exclude<JobStatus, 'queued' | 'running'>;

export const isFinal = (status: JobStatus): status is FinalStatus =>
  status !== 'queued' && status !== 'running';

/** Of inputs. `total` is the sum of the others. */
export interface JobCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
}

export interface Job {
  readonly id: JobId;
  readonly status: JobStatus;
  readonly counts: JobCounts;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  /** Present once there are results: the job has ended, and they are not deleted yet. */
  readonly results: { readonly url: string; readonly parts: number; readonly expiresAt: Date } | undefined;
  /** Why the job itself failed, such as a bucket that cannot be read, or why it does not go on at the moment. */
  readonly reason: string | undefined;
}

/** The results of a job: NDJSON, one line an input, in order. */
export type JobResults =
  /** At another URL, which needs no credentials for a while. `nextPart` is undefined for the last part. */
  | { readonly kind: 'elsewhere'; readonly url: string; readonly nextPart: number | undefined }
  | { readonly kind: 'here'; readonly pieces: AsyncIterable<Uint8Array> };

export interface Jobs {
  /**
   * Accepts a job. What it returns is on disk, or in S3: nothing that happens afterwards loses the job.
   *
   * @param idempotencyKey the same key of the same owner with the same request gives the same job.
   * @param address of the client, as for an upload.
   * @throws ServiceError `idempotency_key_reused` for another request with the same key; `upload_not_found`;
   *   `source_not_allowed`; `url_not_allowed` for a webhook; `storage_full`; `overloaded`.
   */
  create(
    owner: Owner,
    request: JobRequest,
    idempotencyKey: string | undefined,
    baseUrl: string,
    address?: string,
  ): Promise<Job>;
  /** @throws ServiceError `job_not_found`, also for a job of somebody else. */
  find(owner: Owner, id: JobId, baseUrl: string): Promise<Job>;
  /**
   * @param part from 1.
   * @throws ServiceError `job_not_found`; `results_not_ready` while the job is queued or running; `invalid_request` for a
   *   part that does not exist.
   */
  results(owner: Owner, id: JobId, part: number): Promise<JobResults>;
  /**
   * Ends a job early. A job that has ended stays as it is. The results of the inputs that were done can be read.
   *
   * @throws ServiceError `job_not_found`
   */
  cancel(owner: Owner, id: JobId, baseUrl: string): Promise<Job>;
}
