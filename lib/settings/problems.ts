import { z } from 'zod';
import { nearest } from './nearest.ts';

type Path = readonly PropertyKey[];

/**
 * Checks settings against their schema.
 *
 * @param prefix stands before every path, such as the name of the stage
 * @param replaced settings that no longer exist, and what to use
 * @returns the settings, or one problem for each wrong setting: `prod.memoryMiB: expected …, got 128`
 */
export function checkSettings<Schema extends z.ZodType>(
  schema: Schema,
  settings: unknown,
  prefix: string,
  replaced: Readonly<Record<string, string>> = {},
): { readonly settings: z.output<Schema> } | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(settings, { error: expectation });
  if (parsed.success) return { settings: parsed.data };
  const known = settingPaths(schema);
  const problems = parsed.error.issues
    .flatMap((issue) => innermost(issue, settings))
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => {
          const path = [...issue.path, key];
          return `${dotted([prefix, ...path])}: ${misplaced(path, known, settings) ?? unknown(path, known, replaced)}`;
        });
      }
      const value = valueAt(settings, issue.path);
      return [
        `${dotted([prefix, ...issue.path])}: ${issue.message}, got ${JSON.stringify(value) ?? 'nothing'}`,
      ];
    });
  return { problems };
}

/** The settings that choose between alternatives. */
const CHOICES = ['kind', 'from'] as const;

/** What is wrong with a setting that only another kind has, such as `accounts` beside `"kind": "api-key"`. */
function misplaced(path: Path, known: readonly string[], settings: unknown): string | undefined {
  if (!known.includes(dotted(path))) return undefined;
  const beside = path.slice(0, -1);
  const choice = CHOICES.find((name) => valueAt(settings, [...beside, name]) !== undefined);
  if (choice === undefined) return undefined;
  return `no such setting with "${choice}": ${JSON.stringify(valueAt(settings, [...beside, choice]))}`;
}

function unknown(path: Path, known: readonly string[], replaced: Readonly<Record<string, string>>): string {
  const instead = replaced[dotted(path)];
  if (instead !== undefined) return `no such setting any more; use ${instead}`;
  const others = known.filter((other) => other !== dotted(path));
  // Of two settings with one name, the one beside the unknown one is meant.
  const beside = dotted([...path.slice(0, -1), '']);
  const ordered = others.toSorted((a, b) => Number(parentOf(a) === beside) - Number(parentOf(b) === beside));
  const names = new Map(ordered.map((other) => [other.slice(parentOf(other).length), other]));
  const name = nearest(String(path.at(-1)), [...names.keys()]);
  return name === undefined ? 'no such setting' : `no such setting; did you mean ${names.get(name)}?`;
}

/** With its final dot; empty for a setting of the stage itself. */
const parentOf = (setting: string): string => setting.slice(0, setting.lastIndexOf('.') + 1);

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  record: 'an object',
};

/** What was expected, for schemas that do not say it themselves. Replaces zod's own words. */
function expectation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return `expected ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.join(', ')}`;
  return 'expected another value';
}

/**
 * A union reports that none of its alternatives matches. If the value is an object, the problems inside the
 * alternative that takes objects say more.
 */
function innermost(issue: z.core.$ZodIssue, settings: unknown): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || !isObject(valueAt(settings, issue.path))) return [issue];
  const inner = issue.errors.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (inner === undefined || inner.length === 0) return [issue];
  return inner.flatMap((found) => innermost({ ...found, path: [...issue.path, ...found.path] }, settings));
}

/** The paths of all settings that a schema knows, such as `alarms.cpuPercent`. */
function settingPaths(schema: z.core.$ZodType, path: Path = []): string[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, inner]) => [
      dotted([...path, key]),
      ...settingPaths(inner as z.core.$ZodType, [...path, key]),
    ]);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => settingPaths(option, path));
  return [];
}

const dotted = (path: Path): string => path.map(String).join('.');

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}
