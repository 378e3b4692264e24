import type { z } from 'zod';
import { ServiceError } from '../errors.ts';

/**
 * @param where the part of the request, the first segment of every field's name: `query` or `body`.
 * @throws ServiceError `invalid_request` that lists each wrong field.
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'query' | 'body',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 10).flatMap((issue) => {
    const path = [where, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, 10).map((key) => ({
        field: [...path, key.slice(0, 64)].join('.'),
        message: 'this field is not known',
      }));
    }
    return [{ field: path.join('.'), message: issue.message }];
  });
  throw new ServiceError(
    'invalid_request',
    fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
    {
      fields,
    },
  );
}
