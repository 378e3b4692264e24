import type { EnvironmentValues } from './environment.ts';
import { ConfigError } from './parse.ts';

/** Uploads and jobs in a folder, on an HTTP server. */
export interface FolderJobSettings {
  readonly kind: 'folder';
  readonly folder: string;
  /** The most bytes of the folder. */
  readonly maxFolderBytes: number;
  /** At a time. */
  readonly maxJobs: number;
  /** What one client address may have of the room and of the jobs, 0..1. */
  readonly addressShare: number;
  readonly keepDays: number;
  readonly maxUploadBytes: number;
  /** The new one first. Undefined if webhooks are refused. */
  readonly webhookSecrets: readonly string[] | undefined;
  /** Ends with a slash. Undefined if the `Host` header decides. */
  readonly publicUrl: string | undefined;
}

/** A bucket, or a part of one, that jobs may read. */
export interface AllowedSource {
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly prefix: string;
}

/** Uploads and jobs in S3 and Step Functions, on Lambda. */
export interface CloudJobSettings {
  readonly kind: 'cloud';
  readonly bucket: string;
  readonly stateMachineArn: string;
  readonly sources: readonly AllowedSource[];
  readonly idSalt: string;
  readonly maxUploadBytes: number;
}

/** An allowed prefix is a folder: `2026` allows what is below `2026/`, and not `2026-private/cat.jpg`. */
export const folderOf = ({ prefix }: Pick<AllowedSource, 'prefix'>): string =>
  prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;

export type JobSettings = FolderJobSettings | CloudJobSettings;

const MIB = 2 ** 20;

/**
 * @returns undefined if uploads and jobs are off.
 * @throws ConfigError if a variable that Lambda needs is missing.
 */
export function jobSettings(
  values: EnvironmentValues,
  { isLambda, defaultFolder }: { readonly isLambda: boolean; readonly defaultFolder: string },
): JobSettings | undefined {
  if (values.JOBS === false) return undefined;
  return isLambda ? cloudSettings(values) : folderSettings(values, defaultFolder);
}

function folderSettings(values: EnvironmentValues, defaultFolder: string): FolderJobSettings {
  return {
    kind: 'folder',
    folder: values.DATA_DIR ?? defaultFolder,
    maxFolderBytes: values.DATA_MIB * MIB,
    maxJobs: values.MAX_JOBS,
    addressShare: values.MAX_ADDRESS_PERCENT / 100,
    keepDays: values.JOB_KEEP_DAYS,
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
    webhookSecrets: values.WEBHOOK_SECRET,
    publicUrl: values.PUBLIC_URL,
  };
}

function cloudSettings(values: EnvironmentValues): CloudJobSettings | undefined {
  const { JOBS, JOBS_BUCKET: bucket, JOBS_STATE_MACHINE_ARN: stateMachineArn, JOBS_ID_SALT: idSalt } = values;
  // The worker of jobs has a bucket, but offers nothing.
  if (stateMachineArn === undefined && JOBS === undefined) return undefined;
  if (!bucket || !stateMachineArn || !idSalt) {
    const missing = (['JOBS_BUCKET', 'JOBS_STATE_MACHINE_ARN', 'JOBS_ID_SALT'] as const).filter(
      (name) => !values[name],
    );
    throw new ConfigError(missing.map((name) => `${name}: expected a value for jobs on Lambda, got none`));
  }
  return {
    kind: 'cloud',
    bucket,
    stateMachineArn,
    sources: allowedSources(values.JOBS_SOURCES),
    idSalt,
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
  };
}

/** @param text such as `photos/2026/,archive` */
export function allowedSources(text: string | undefined): readonly AllowedSource[] {
  return (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const slash = part.indexOf('/');
      return slash === -1
        ? { bucket: part, prefix: '' }
        : { bucket: part.slice(0, slash), prefix: part.slice(slash + 1) };
    });
}
