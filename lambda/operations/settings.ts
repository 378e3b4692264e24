import { z } from 'zod';
import { parseEnvironment, repositoryPath, stageName } from '../config.ts';
import { WORDNET_ID } from '../model/manifest.ts';

/** Tabby, tiger cat, Persian, Siamese and Egyptian cat: which of them it is may change with the model. */
const CATS = 'n02123045,n02123159,n02123394,n02123597,n02124075';

/** `NAME:QUALIFIER` or an ARN that ends in one: without a qualifier the check would run on something else. */
const QUALIFIED_FUNCTION =
  /^(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:)?[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,128}$/;

/** What the deployment's hooks read. */
export const hookEnvironmentSchema = z.object({
  /** The version, or for the check after the shift the alias, that is to be checked. */
  TARGET_FUNCTION: z
    .string()
    .regex(QUALIFIED_FUNCTION, 'expected a function with a version or an alias, such as classify:7'),
  /** The version that must have answered; only of use where the target is an alias. Default: any. */
  EXPECTED_VERSION: z.string().regex(/^\d+$/, 'expected the number of a version').optional(),
  /** The photo that is classified; the image has it elsewhere than the repository. */
  CANARY_PHOTO: z.string().min(1).default(repositoryPath('examples/cat.jpg')),
  /** WordNet ids, separated by commas, of the classes that the photo may be. Default: those of cats. */
  EXPECTED_LABELS: z
    .string()
    .default(CATS)
    .transform((value) => value.split(',').map((id) => id.trim()))
    .refine((ids) => ids.every((id) => WORDNET_ID.test(id)), 'expected WordNet ids such as n02124075'),
});

/** What the scheduled probe reads. */
export const probeEnvironmentSchema = z.object({
  /** Where clients reach the API, stage included, such as `https://ID.execute-api.REGION.amazonaws.com/prod/`. */
  API_URL: z
    .url({ protocol: /^https?$/, message: 'expected an http or https URL' })
    .transform((url) => new URL(url.endsWith('/') ? url : `${url}/`)),
  /** Milliseconds for a whole answer, from the look-up of the name on. */
  PROBE_TIMEOUT_MS: z.coerce.number().int().min(1).max(60_000).default(5000),
  STAGE: stageName,
});

/** An environment as it is written down: required names stay required, all values are strings. */
type Written<Schema extends z.ZodType> = { [Name in keyof z.input<Schema>]: string };
export type HookEnvironment = Written<typeof hookEnvironmentSchema>;
export type ProbeEnvironment = Written<typeof probeEnvironmentSchema>;

export interface HookSettings {
  readonly target: string;
  readonly expectedVersion: string | undefined;
  readonly photo: string;
  readonly expectedWnids: readonly string[];
}

/** @throws ConfigError naming every variable whose value is not usable. */
export function readHookSettings(environment?: Record<string, string | undefined>): HookSettings {
  const values = parseEnvironment(hookEnvironmentSchema, environment);
  return {
    target: values.TARGET_FUNCTION,
    expectedVersion: values.EXPECTED_VERSION,
    photo: values.CANARY_PHOTO,
    expectedWnids: values.EXPECTED_LABELS,
  };
}

export interface ProbeSettings {
  readonly apiUrl: URL;
  readonly timeoutMs: number;
  readonly stage: string;
}

/** @throws ConfigError naming every variable whose value is not usable. */
export function readProbeSettings(environment?: Record<string, string | undefined>): ProbeSettings {
  const values = parseEnvironment(probeEnvironmentSchema, environment);
  return { apiUrl: values.API_URL, timeoutMs: values.PROBE_TIMEOUT_MS, stage: values.STAGE };
}
