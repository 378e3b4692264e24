import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { ConfigError } from '../../config/parse.ts';
import { webhookSecret } from '../../config/values.ts';

/** A rotation takes effect after this time at the latest. */
const CACHED_MS = 5 * 60_000;

const PREFIX = 'whsec_';

/** The keys during a rotation and otherwise. */
const keyed = z.strictObject({ current: z.string(), previous: z.string().exactOptional() });

/** Reads the secrets that messages are signed with, the new one first, and keeps them for a few minutes. */
export type SecretReader = () => Promise<readonly string[]>;

/**
 * @param arn of a secret in Secrets Manager, in one of the forms of {@link secretsIn}.
 * @param now milliseconds.
 */
export function createSecretReader(
  secretsManager: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  now: () => number = Date.now,
): SecretReader {
  let cached: { readonly secrets: readonly string[]; readonly until: number } | undefined;
  return async () => {
    if (!cached || now() >= cached.until) {
      const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId: arn }));
      cached = { secrets: secretsIn(SecretString ?? ''), until: now() + CACHED_MS };
    }
    return cached.secrets;
  };
}

/**
 * @param text `{"current": "whsec_…"}`, with `previous` during a rotation, or what WEBHOOK_SECRET may be. The prefix may
 *   be missing: CloudFormation generates letters and digits, which are base64.
 * @throws ConfigError that names the key, without the value.
 */
export function secretsIn(text: string): readonly string[] {
  const json = jsonIn(text);
  const secrets = json === undefined ? secretsOfText(text.trim()) : secretsOfJson(json);
  const problems = secrets.flatMap(({ name, secret }) => {
    const { error } = webhookSecret.safeParse(secret);
    return error ? [problem(`${name}: ${error.issues[0]?.message}, got ${secret.length} characters`)] : [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return secrets.map(({ secret }) => secret);
}

interface NamedSecret {
  readonly name: string;
  readonly secret: string;
}

function secretsOfJson(json: unknown): readonly NamedSecret[] {
  const { data } = keyed.safeParse(json);
  if (!data) {
    const expected = 'expected JSON with the key "current" and, during a rotation, "previous", with texts';
    throw new ConfigError([problem(expected)]);
  }
  return Object.entries(data).map(([name, secret]) => ({ name, secret: withPrefix(secret) }));
}

function secretsOfText(text: string): readonly NamedSecret[] {
  const secrets = text.split(' ');
  if (secrets.length > 2) throw new ConfigError([problem(`expected one text or two, got ${secrets.length}`)]);
  return secrets.map((secret, index) => ({ name: `text ${index + 1}`, secret: withPrefix(secret) }));
}

const problem = (text: string): string => `the secret of WEBHOOK_SECRET_ARN: ${text}`;

const withPrefix = (secret: string): string => (secret.startsWith(PREFIX) ? secret : PREFIX + secret);

/** @returns undefined for text that is not JSON. An error of the parser would repeat a part of the secret. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.startsWith('{') ? null : undefined;
  }
}
