import type { AllowedSource } from '../../config/jobs.ts';
import type { JobEngine } from '../engine.ts';
import type { Executions } from './executions/executions.ts';
import { createJobs } from './jobs.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { createUploads } from './uploads.ts';

export interface CloudEngineSettings {
  /** Of the jobs bucket. */
  readonly store: ObjectStore;
  /** Of the state machine that runs jobs. */
  readonly executions: Executions;
  readonly sources: readonly AllowedSource[];
  readonly idSalt: string;
}

/** Uploads and jobs in S3 and Step Functions. */
export const createCloudEngine = (settings: CloudEngineSettings): JobEngine => ({
  uploads: createUploads(settings.store),
  jobs: createJobs(settings),
});
