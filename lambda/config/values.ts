import { z } from 'zod';

const alternatives = new Intl.ListFormat('en', { type: 'disjunction', style: 'long' });

/**
 * A whole number in an environment variable, in plain digits: `0x50`, `1e3` and `+80` are refused.
 *
 * @param unit what it counts, for the error text; empty for a plain number.
 */
export function wholeNumber(unit: string, minimum: number, maximum: number) {
  const error = `expected a whole number ${unit && `of ${unit} `}from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .pipe(z.number().min(minimum, { error }).max(maximum, { error }));
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected ${alternatives.format(values)}` });
}

export const onOff = oneOf(['on', 'off']).transform((value) => value === 'on');

const PERCENTAGE = 'expected a percentage from 0.01 to 100';

export const percentage = z
  .string()
  .regex(/^\d{1,3}(\.\d+)?$/, PERCENTAGE)
  .transform(Number)
  .pipe(z.number().min(0.01, PERCENTAGE).max(100, PERCENTAGE));

/** A bucket of S3. A name with dots would not match the certificate of its host name. */
export const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    'expected the name of an S3 bucket: 3 to 63 lower-case letters, digits and hyphens',
  );

/** A secret that is sent in an `Authorization` header: 16 characters, so that it cannot be guessed. */
export const bearerToken = z
  .string()
  .regex(/^[\x21-\x7e]{16,256}$/, 'expected 16 to 256 visible ASCII characters without spaces');

const WEBHOOK_SECRET = 'expected whsec_ and 24 to 64 bytes in base64';
const WEBHOOK_SECRETS = `${WEBHOOK_SECRET}, or two of them separated by a space`;

/** A secret of webhooks as Standard Webhooks writes it: github.com/standard-webhooks, "Signature scheme". */
export const webhookSecret = z.string(WEBHOOK_SECRET).refine(isWebhookSecret, WEBHOOK_SECRET);

export const webhookSecrets = z
  .string()
  .transform((text) => text.split(' '))
  .refine((secrets) => secrets.length <= 2 && secrets.every(isWebhookSecret), WEBHOOK_SECRETS);

/** Whether receivers read the same key from it: some libraries refuse base64 that is not padded. */
function isWebhookSecret(text: string): boolean {
  const [, base64] = /^whsec_(.+)$/.exec(text) ?? [];
  if (base64 === undefined) return false;
  const key = Buffer.from(base64, 'base64');
  return key.byteLength >= 24 && key.byteLength <= 64 && key.toString('base64') === base64;
}

const BASE_URL = 'expected an http or https URL without a query, such as https://photos.example.com/';

/** The URL of the service as its clients see it. Ends with a slash. */
export const baseUrl = z
  .string()
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
  }, BASE_URL)
  .transform((text) => (text.endsWith('/') ? text : `${text}/`));

/** The full name of a commit of Git. An image that does not know its commit says `unknown`. */
export const commitName = z
  .string()
  .regex(/^([0-9a-f]{40}|unknown)$/, 'expected the 40 hexadecimal digits of a commit, or unknown')
  .transform((name) => (name === 'unknown' ? undefined : name));

/** Name of a deployment stage; a dimension of every metric. */
export const stageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected a short lower-case name such as prod')
  .default('local');
