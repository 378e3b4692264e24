import type { z } from 'zod';

/**
 * Checks a value from the file `path`.
 *
 * @throws Error of one line that names the file and the first wrong field.
 */
export function parseOrThrow<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw new Error(`${path}: ${where}${issue?.message ?? 'not valid'}`, { cause: parsed.error });
}

/**
 * Parses and checks the JSON text of the file `path`.
 *
 * @throws Error of one line that names the file and the field.
 */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: expected JSON`, { cause });
  }
  return parseOrThrow(schema, value, path);
}
