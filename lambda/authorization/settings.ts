import { z } from 'zod';
import { parseEnvironment } from '../config/parse.ts';
import { stageName } from '../config/values.ts';

const ISSUER =
  'expected an https URL without a query and without /.well-known/, as in the claim iss of the tokens';

/**
 * OpenID Connect Discovery 1.0, section 3: an issuer is an https URL without query and fragment. The URL of its
 * discovery document is an easy mistake, after which every token would be refused.
 */
export const issuerSchema = z
  .url({ protocol: /^https$/, error: ISSUER })
  .regex(/^(?!.*\/\.well-known\/)[^?#]+$/, ISSUER);

const AUDIENCE = 'expected an audience without spaces, as in the claim aud of the tokens';
export const audienceSchema = z.string(AUDIENCE).regex(/^[\x21-\x7E]{1,256}$/, AUDIENCE);

const SCOPE = 'expected a scope as in RFC 6749, without spaces';
export const scopeSchema = z.string(SCOPE).regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/, SCOPE);

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** The settings of the function that checks bearer tokens. */
export const authorizerEnvironmentSchema = z.object({
  /** Who issues the tokens: the claim `iss`, character by character. */
  OIDC_ISSUER: issuerSchema,
  /** The token needs one of these in its claim `aud`. Separated by spaces. */
  OIDC_AUDIENCES: z.string().transform(words).pipe(z.array(audienceSchema).min(1, AUDIENCE)),
  /** The token needs one of these scopes. Separated by spaces. Default: no scope is needed. */
  OIDC_SCOPES: z.string().default('').transform(words).pipe(z.array(scopeSchema)),
  STAGE: stageName,
});

/** An environment as it is written down: the required names are required, and all values are strings. */
export type AuthorizerEnvironment = {
  [Name in keyof z.input<typeof authorizerEnvironmentSchema>]: string;
};

export interface AuthorizerSettings {
  readonly issuer: string;
  /** At least one. */
  readonly audiences: readonly string[];
  readonly scopes: readonly string[];
  readonly stage: string;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readAuthorizerSettings(environment?: Record<string, string | undefined>): AuthorizerSettings {
  const values = parseEnvironment(authorizerEnvironmentSchema, environment);
  return {
    issuer: values.OIDC_ISSUER,
    audiences: values.OIDC_AUDIENCES,
    scopes: values.OIDC_SCOPES,
    stage: values.STAGE,
  };
}
