import { z } from 'zod';
import { parseEnvironment } from '../config/parse.ts';
import { stageName, wholeNumber } from '../config/values.ts';
import { repositoryPath } from '../config.ts';
import { jsonOf } from './json.ts';

/**
 * Tabby, tiger cat, Persian, Siamese and Egyptian cat. Models disagree about which of them the photo shows.
 */
export const CAT_WNIDS: readonly string[] = ['n02123045', 'n02123159', 'n02123394', 'n02123597', 'n02124075'];

/** `NAME:QUALIFIER`, or an ARN that ends in one. Without a qualifier Lambda would invoke $LATEST. */
const QUALIFIED_FUNCTION =
  /^(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,128}$/;

const classList = z.array(z.string().min(1));

/** What the functions of a deployment classify, and where. */
const canaryEnvironment = {
  /** What to check: the new version before the traffic shifts, the alias during and after it. */
  TARGET_FUNCTION: z
    .string()
    .regex(QUALIFIED_FUNCTION, 'expected a function with a version or an alias, such as classify:7'),
  /**
   * Path of the photo to classify. Default: `examples/cat.jpg`; in the container image it is elsewhere.
   */
  CANARY_PHOTO: z.string().optional(),
  /** The acceptable classes: WordNet ids or labels in a JSON list. Labels may contain commas. Default: cats. */
  EXPECTED_CLASSES: z
    .string()
    .default(JSON.stringify(CAT_WNIDS))
    .transform((value) => jsonOf(classList, value) ?? [])
    .refine(
      (classes) => classes.length > 0,
      'expected a JSON list of WordNet ids or labels, such as ["n02124075"]',
    ),
  /** 0 sends none. */
  PHOTOS_PER_MINUTE: wholeNumber('photos', 0, 600).default(0),
};
const versionNumber = z.string().regex(/^\d+$/, 'expected a version number');

/** The settings of the deployment hooks. */
export const hookEnvironmentSchema = z.object({
  ...canaryEnvironment,
  /** The version that must answer, where the target is an alias. Default: any. */
  EXPECTED_VERSION: versionNumber.optional(),
  /** How long the hook after the shift keeps the deployment open for its alarms. Lambda allows 15 in all. */
  BAKE_MINUTES: wholeNumber('minutes', 0, 10).default(0),
  /** The function that sends photos during the shift. Default: none. */
  TRAFFIC_FUNCTION: z.string().optional(),
});

/** The settings of the function that sends photos during the shift. */
export const shiftEnvironmentSchema = z.object({
  ...canaryEnvironment,
  /** The new version. Only its answers are judged. */
  EXPECTED_VERSION: versionNumber,
  /** How long it sends. Lambda allows 15 minutes in all. */
  SHIFT_MINUTES: wholeNumber('minutes', 1, 14),
});

/** The settings of the scheduled probe. */
export const probeEnvironmentSchema = z.object({
  /** Public URL of the API with its stage, such as `https://ID.execute-api.REGION.amazonaws.com/prod/`. */
  API_URL: z
    .url({ protocol: /^https?$/, message: 'expected an http or https URL' })
    .transform((url) => new URL(url.endsWith('/') ? url : `${url}/`)),
  /** For the whole request, DNS included. */
  PROBE_TIMEOUT_MS: wholeNumber('milliseconds', 1, 60_000).default(5000),
  STAGE: stageName,
});

/**
 * The name of the parameter that lists the known-good versions of a function. It is not in the CloudFormation
 * template: a value that changes with each deployment would be reported as drift (docs/adr/0021).
 */
export const knownGoodParameter = (functionName: string): string => `/resnet50/known-good/${functionName}`;

/** An environment as it is written down: the required names are required, and all values are strings. */
type Written<Schema extends z.ZodType> = { [Name in keyof z.input<Schema>]: string };
export type HookEnvironment = Written<typeof hookEnvironmentSchema>;
export type ShiftEnvironment = Written<typeof shiftEnvironmentSchema>;
export type ProbeEnvironment = Written<typeof probeEnvironmentSchema>;

export interface CanarySettings {
  /** A function with its version or alias. */
  readonly target: string;
  /** The name of the same function. */
  readonly functionName: string;
  readonly photo: string;
  /** WordNet ids or labels. */
  readonly expectedClasses: readonly string[];
  readonly photosPerMinute: number;
}

function canarySettings(values: z.output<z.ZodObject<typeof canaryEnvironment>>): CanarySettings {
  return {
    target: values.TARGET_FUNCTION,
    functionName: values.TARGET_FUNCTION.split(':').at(-2) ?? '',
    photo: values.CANARY_PHOTO ?? repositoryPath('examples/cat.jpg'),
    expectedClasses: values.EXPECTED_CLASSES,
    photosPerMinute: values.PHOTOS_PER_MINUTE,
  };
}

export interface HookSettings extends CanarySettings {
  readonly expectedVersion: string | undefined;
  /** Milliseconds. */
  readonly bakeMs: number;
  readonly trafficFunction: string | undefined;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readHookSettings(environment?: Record<string, string | undefined>): HookSettings {
  const values = parseEnvironment(hookEnvironmentSchema, environment);
  return {
    ...canarySettings(values),
    expectedVersion: values.EXPECTED_VERSION,
    bakeMs: values.BAKE_MINUTES * 60_000,
    trafficFunction: values.TRAFFIC_FUNCTION,
  };
}

export interface ShiftSettings extends CanarySettings {
  readonly expectedVersion: string;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readShiftSettings(environment?: Record<string, string | undefined>): ShiftSettings {
  const values = parseEnvironment(shiftEnvironmentSchema, environment);
  return {
    ...canarySettings(values),
    expectedVersion: values.EXPECTED_VERSION,
    durationMs: values.SHIFT_MINUTES * 60_000,
  };
}

export interface ProbeSettings {
  readonly apiUrl: URL;
  readonly timeoutMs: number;
  readonly stage: string;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readProbeSettings(environment?: Record<string, string | undefined>): ProbeSettings {
  const values = parseEnvironment(probeEnvironmentSchema, environment);
  return { apiUrl: values.API_URL, timeoutMs: values.PROBE_TIMEOUT_MS, stage: values.STAGE };
}
