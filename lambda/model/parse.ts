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
  const parsed = schema.safeParse(value, { error: wording });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw new Error(`${path}: ${where}${issue?.message ?? 'not valid'}`, { cause: parsed.error });
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
  tuple: 'a list',
};

/** What is wrong, for schemas that do not say it themselves. Replaces the validator's own words. */
function wording(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.map(quoted).join(', ')}`;
  if (issue.code === 'invalid_union' && issue.discriminator && Array.isArray(issue.options)) {
    const { [issue.discriminator]: value } = issue.input as Readonly<Record<string, unknown>>;
    return `expected ${issue.options.map(quoted).join(' or ')}, got ${got(value)}`;
  }
  return `expected ${expectation(issue)}, got ${got(issue.input)}`;
}

function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(quoted).join(' or ');
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'a URL' : 'text of another form';
    default:
      return 'another value';
  }
}

function unit(origin: string, count: number | bigint): string {
  const noun = { string: ' character', array: ' item' }[origin];
  if (noun === undefined) return '';
  return count === 1 ? noun : `${noun}s`;
}

function got(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : quoted(value);
}

const quoted = (value: unknown): string => JSON.stringify(value) ?? typeof value;

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
