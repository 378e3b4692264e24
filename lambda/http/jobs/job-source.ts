import type { JobInput, JobSource } from '../../jobs/engine.ts';
import { onlyOne } from '../body/json/only-one.ts';
import type { JsonFields } from '../body/json/small-object.ts';
import { uploadIdIn } from '../body/json/upload-id.ts';
import { Repeated } from '../repeated.ts';
import { MAX_URL_CHARACTERS } from '../schemas/job-inputs.ts';
import { MAX_JOB_INPUTS, MAX_SOURCE_CHARACTERS } from '../schemas/jobs.ts';
import { invalidFields } from '../validate.ts';

const INPUTS = 'inputs';
const SOURCE = 'source';
export const SOURCE_FIELDS = [INPUTS, SOURCE] as const;

/** The name of a bucket: docs.aws.amazon.com/AmazonS3, "General purpose bucket naming rules". */
const BUCKET_URI = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/.*)?$/s;

/** What a job is made of: the fields `inputs` or `source`. @throws ServiceError `invalid_request` */
export function jobSource(fields: JsonFields): JobSource {
  const name = onlyOne(fields, SOURCE_FIELDS, 'body');
  const value = fields[name];
  if (value instanceof Repeated) throw invalid(`body.${name}`, `expected one value, got ${value.count}`);
  return name === INPUTS ? { kind: 'inputs', inputs: jobInputs(value) } : storedSource(value);
}

function jobInputs(value: unknown): readonly JobInput[] {
  const field = `body.${INPUTS}`;
  if (!Array.isArray(value)) throw invalid(field, 'expected an array of objects');
  if (value.length < 1 || value.length > MAX_JOB_INPUTS) {
    throw invalid(field, `expected 1 to ${MAX_JOB_INPUTS} inputs, got ${value.length}`);
  }
  return value.map((item, index) => jobInput(item, `${field}.${index}`));
}

function jobInput(value: unknown, field: string): JobInput {
  const fields = only(value, ['upload_id', 'url'], field);
  return onlyOne(fields, ['upload_id', 'url'], field) === 'upload_id'
    ? { upload_id: uploadIdIn(fields['upload_id'], `${field}.upload_id`) }
    : { url: urlIn(fields['url'], `${field}.url`) };
}

/** As `/predict/url` checks it. Whether the URL is allowed shows when it is fetched. */
function urlIn(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= MAX_URL_CHARACTERS && URL.canParse(value)) return value;
  throw invalid(
    field,
    `expected an absolute URL of at most ${MAX_URL_CHARACTERS} characters, such as https://example.com/cat.jpg`,
  );
}

function storedSource(value: unknown): JobSource {
  const field = `body.${SOURCE}`;
  if (typeof value === 'string') {
    if (value.length <= MAX_SOURCE_CHARACTERS && BUCKET_URI.test(value))
      return { kind: 'prefix', prefix: value };
    throw invalid(field, 'expected the URI of a bucket and a prefix, such as s3://photos/2026/');
  }
  const { manifest } = only(value, ['manifest'], field);
  return { kind: 'manifest', uploadId: uploadIdIn(manifest, `${field}.manifest`) };
}

/** @throws ServiceError `invalid_request` if it is not an object, or has other fields. */
function only(value: unknown, names: readonly string[], field: string): JsonFields {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && Object.keys(value).every((name) => names.includes(name))) return value as JsonFields;
  const expected = names.map((name) => `{ "${name}": … }`).join(' or ');
  throw invalid(field, `expected ${expected}, got something else`);
}

const invalid = (field: string, message: string) => invalidFields([{ field, message }]);
