import type { z } from 'zod';
import { findMisspelled } from './misspelled.ts';

/**
 * Settings that the service cannot start with. The message has a line for each: its name, what is expected,
 * what came.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(['Invalid settings:', ...problems].join('\n  '));
  }
}

/**
 * Checks the environment variables that one entry reads.
 *
 * @throws ConfigError naming every variable with an invalid value or a misspelled name.
 */
export function parseEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Record<string, string | undefined> = process.env,
): z.output<Schema> {
  const set = withoutEmpty(environment);
  const parsed = schema.safeParse(set);
  const problems = [
    ...invalidValues(parsed.error?.issues ?? [], set),
    ...findMisspelled(Object.keys(set), Object.keys(schema.shape)).map(
      ({ name, nearest }) => `${name} is not a setting of the service; did you mean ${nearest}?`,
    ),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
}

/** One line for each variable, even when several checks of its value fail. */
function invalidValues(
  issues: readonly z.core.$ZodIssue[],
  environment: Readonly<Record<string, string>>,
): string[] {
  const messages = new Map(issues.map(({ path, message }) => [String(path[0]), message]));
  return [...messages].map(([name, message]) => {
    const value = environment[name];
    return value === undefined
      ? `${name}: expected a value, got none`
      : `${name}: ${message}, got ${isSecret(name) ? `${value.length} characters` : JSON.stringify(value)}`;
  });
}

/** Its value must not appear in a log. */
const isSecret = (name: string): boolean => name.endsWith('_TOKEN') || name.includes('SECRET');

/** `NAME=` in a shell or an .env file means "not set". */
function withoutEmpty(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
