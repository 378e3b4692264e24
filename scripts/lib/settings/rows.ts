import { z } from 'zod';
import { choiceOf, expectedOf, isObject } from './expectation.ts';

/** One setting, as a row of a table. */
export interface Row {
  /** Such as `coldStart.schedules[].cron`. */
  readonly path: readonly string[];
  /** The kinds of its object that have it. Empty if all have it. */
  readonly kinds: readonly string[];
  readonly expected: string;
  readonly text: string;
  /** What the schema fills in. Undefined if nothing. */
  readonly fallback: unknown;
  /** Whether it may be left out without a default. */
  readonly isOptional: boolean;
  /** Whether it is an object, whose keys have rows of their own. */
  readonly isObject: boolean;
}

/** A part of a list. */
export const ITEM = '[]';

/**
 * A setting and everything in it.
 *
 * @throws Error naming a setting without a description.
 */
export function rowsOf(
  schema: z.core.$ZodType,
  path: readonly string[],
  kinds: readonly string[] = [],
): Row[] {
  const text = z.globalRegistry.get(schema)?.description;
  if (text === undefined)
    throw new Error(`${path.join('.')}: expected a description in its schema, got none`);
  const inner = withoutWrappers(schema);
  const own: Row = {
    path,
    kinds,
    expected: expectedOf(schema),
    text,
    fallback: schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined,
    isOptional: schema instanceof z.ZodOptional,
    isObject: isObject(inner),
  };
  return [own, ...rowsIn(inner, path)];
}

function rowsIn(schema: z.core.$ZodType, path: readonly string[]): Row[] {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const key = schema.def.discriminator;
    const rows = schema.options.flatMap((option) => rowsOfShape(option, path, key, [choiceOf(option, key)]));
    return withMergedKinds(rows);
  }
  if (schema instanceof z.ZodObject) return rowsOfShape(schema, path);
  if (schema instanceof z.ZodArray && isObject(schema.element)) {
    const last = path.at(-1) ?? '';
    return rowsIn(schema.element, [...path.slice(0, -1), `${last}${ITEM}`]);
  }
  return [];
}

/** @param key the setting that chooses between alternatives; it is in the row of their object. */
function rowsOfShape(
  schema: z.core.$ZodType,
  path: readonly string[],
  key?: string,
  kinds: readonly string[] = [],
): Row[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape)
    .filter(([name]) => name !== key)
    .flatMap(([name, inner]) => rowsOf(inner as z.core.$ZodType, [...path, name], kinds));
}

/** Without "off", and what may be left out. */
function withoutWrappers(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return withoutWrappers(schema.unwrap());
  if (!(schema instanceof z.ZodUnion) || schema instanceof z.ZodDiscriminatedUnion) return schema;
  const inner = schema.options.find((option) => !(option instanceof z.ZodLiteral));
  return inner === undefined ? schema : withoutWrappers(inner);
}

/** A setting that several kinds have, with the same meaning, is one row. */
function withMergedKinds(rows: readonly Row[]): Row[] {
  const merged = new Map<string, Row>();
  for (const row of rows) {
    const { kinds, ...rest } = row;
    const key = JSON.stringify(rest);
    merged.set(key, { ...row, kinds: [...(merged.get(key)?.kinds ?? []), ...kinds] });
  }
  return [...merged.values()];
}
