import type { ClassifyOptions } from '../../prediction/predictor.ts';
import type { FinalStatus, JobCounts, JobInput, JobRequest } from '../engine.ts';
import type { JobId, Owner } from '../ids.ts';

/** What is written for each job into the bucket, as JSON. `layout.ts` has the keys. */
export interface RequestDocument {
  readonly owner: Owner;
  /** ISO 8601, as all times here. */
  readonly created_at: string;
  readonly request: JobRequest;
  /** In hexadecimal digits. Two requests that ask for the same have the same. */
  readonly request_sha256: string;
}

export interface BatchDocument {
  readonly owner: Owner;
  readonly options: ClassifyOptions;
  readonly model?: string | undefined;
  readonly inputs: readonly JobInput[];
}

/** An item of the Distributed Map. */
export interface BatchEntry {
  readonly job_id: JobId;
  readonly first: number;
  readonly last: number;
  readonly key: string;
}

/** Written when the inputs are counted, or when it is known that they cannot be, and why. */
export type PreparedDocument =
  | { readonly total: number; readonly batches: number }
  | { readonly failed: string };

/** Written when all results can be read. Webhooks send it. */
export interface FinishedDocument {
  readonly status: FinalStatus;
  readonly counts: JobCounts;
  readonly reason?: string | undefined;
  readonly started_at: string | null;
  readonly finished_at: string;
  readonly parts: number;
}
