import type { z } from 'zod';
import { type FieldError, ServiceError } from '../errors.ts';
import { expectation, got, inWords, shorten } from './wording.ts';

/** The part of a request. The names of fields in errors begin with it. */
export type RequestPart = 'query' | 'body';

/** Unknown fields that one error names. */
const MAX_NAMED = 10;

/**
 * Checks parameters against their schema. The wording of the errors is ours, never the validator's.
 *
 * @param otherNames fields of the same part that the caller reads itself. Errors list them as known.
 * @throws ServiceError `invalid_request` that names the wrong fields, or the first ten unknown ones.
 */
export function validate<Schema extends z.ZodObject>(
  schema: Schema,
  values: Readonly<Record<string, unknown>>,
  part: RequestPart,
  otherNames: readonly string[] = [],
): z.output<Schema> {
  const known = [...otherNames, ...Object.keys(schema.shape)];
  const unknown = Object.keys(values).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownFields(unknown, known, part);
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path: [name] }) => String(name)));
  throw invalidFields(
    [...wrong].map((name) => {
      const field = schema.shape[name];
      return {
        field: `${part}.${name}`,
        message: `expected ${expectation(field)}, got ${got(values[name], field)}`,
      };
    }),
  );
}

/** @example throw invalidFields([{ field: 'body.file', message: 'expected one file, got 2' }]) */
export function invalidFields(fields: readonly FieldError[], unnamed = 0): ServiceError {
  const messages = fields.map(({ field, message }) => `${field}: ${message}`);
  const detail = [...messages, ...(unnamed > 0 ? [`and ${unnamed} more`] : [])].join('; ');
  return new ServiceError('invalid_request', `${detail}.`, { fields });
}

function unknownFields(names: readonly string[], known: readonly string[], part: RequestPart): ServiceError {
  const kind = part === 'query' ? 'parameter' : 'field';
  const expected = known.length > 0 ? `expected ${inWords(known)}` : 'this path takes none';
  const named = names.slice(0, MAX_NAMED);
  return invalidFields(
    named.map((name) => ({ field: `${part}.${shorten(name)}`, message: `unknown ${kind}, ${expected}` })),
    names.length - named.length,
  );
}
