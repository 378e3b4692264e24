import { z } from 'zod';
import { type AllowedSource, allowedSources } from '../../config/jobs.ts';
import { parseEnvironment } from '../../config/parse.ts';
import { bucketName, stageName } from '../../config/values.ts';

const stateMachineArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[A-Za-z0-9_-]{1,80}$/,
    'expected the ARN of a state machine',
  );

/** What the worker reads besides the settings of the service. */
const workerEnvironmentSchema = z.object({
  JOBS_BUCKET: bucketName,
  /** Buckets that jobs may read, with an optional prefix: `photos/2026/,archive`. Default: none. */
  JOBS_SOURCES: z.string().optional(),
});

const stepsEnvironmentSchema = workerEnvironmentSchema.extend({
  STAGE: stageName,
  JOBS_STATE_MACHINE_ARN: stateMachineArn,
  WEBHOOKS_STATE_MACHINE_ARN: stateMachineArn,
});

export interface JobWorkerSettings {
  readonly bucket: string;
  readonly sources: readonly AllowedSource[];
}

export interface JobStepsSettings extends JobWorkerSettings {
  readonly stage: string;
  readonly jobsArn: string;
  readonly webhooksArn: string;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readWorkerSettings(environment?: Record<string, string | undefined>): JobWorkerSettings {
  const values = parseEnvironment(workerEnvironmentSchema, environment);
  return { bucket: values.JOBS_BUCKET, sources: allowedSources(values.JOBS_SOURCES) };
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readStepsSettings(environment?: Record<string, string | undefined>): JobStepsSettings {
  const values = parseEnvironment(stepsEnvironmentSchema, environment);
  return {
    bucket: values.JOBS_BUCKET,
    sources: allowedSources(values.JOBS_SOURCES),
    stage: values.STAGE,
    jobsArn: values.JOBS_STATE_MACHINE_ARN,
    webhooksArn: values.WEBHOOKS_STATE_MACHINE_ARN,
  };
}
