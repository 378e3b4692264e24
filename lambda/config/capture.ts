import type { EnvironmentValues } from './environment.ts';
import { ConfigError } from './parse.ts';

/** Captured images have names below this prefix. Nothing else may be written to the bucket. */
export const CAPTURES_PREFIX = 'captures/';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present for the credentials of a role. */
  readonly sessionToken: string | undefined;
}

/** Where a sample of the images is kept. */
export interface CaptureSettings {
  readonly bucket: string;
  /** Share of the classified images, above 0 and up to 1. */
  readonly share: number;
  readonly region: string;
  /** Another server with the API of S3, such as an emulator. @default that of AWS in the region */
  readonly endpoint: string | undefined;
  readonly credentials: AwsCredentials;
}

/**
 * @returns undefined if no bucket is set.
 * @throws ConfigError if the region or the credentials are missing, or the endpoint is not a URL.
 */
export function captureSettings(values: EnvironmentValues): CaptureSettings | undefined {
  const {
    CAPTURE_BUCKET: bucket,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
  } = values;
  if (bucket === undefined) return undefined;
  if (!region || !accessKeyId || !secretAccessKey) {
    const missing = (['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const).filter(
      (name) => !values[name],
    );
    throw new ConfigError(
      missing.map((name) => `${name}: expected a value, because CAPTURE_BUCKET is set, got none`),
    );
  }
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new ConfigError([`AWS_ENDPOINT_URL_S3: expected an http or https URL, got "${endpoint}"`]);
  }
  return {
    bucket,
    share: values.CAPTURE_PERCENT / 100,
    region,
    endpoint,
    credentials: { accessKeyId, secretAccessKey, sessionToken: values.AWS_SESSION_TOKEN },
  };
}
