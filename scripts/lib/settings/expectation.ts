import { z } from 'zod';
import { checkSettings } from '../../../lib/settings/problems.ts';

const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction', style: 'long' });
const conjunctions = new Intl.ListFormat('en-GB', { type: 'conjunction', style: 'long' });

/** What no schema of a setting accepts. */
const NO_SETTING = null;
/** What no schema of a variable accepts, unless it accepts any text. */
const NO_VARIABLE = '\0';

/**
 * What a setting may be: the error text for another value, without "expected".
 *
 * @throws Error if the schema has no such text.
 */
export function expectedOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return expectedOf(schema.unwrap());
  if (schema instanceof z.ZodDiscriminatedUnion) return `an object whose ${choicesOf(schema)}`;
  if (schema instanceof z.ZodObject) return `an object with ${namesOf(schema)}`;
  const checked = checkSettings(schema as z.ZodType, NO_SETTING, 'it');
  const text = textOf('problems' in checked ? checked.problems[0] : undefined);
  if (schema instanceof z.ZodRecord) return `an object with ${text}`;
  if (!(schema instanceof z.ZodArray)) return text;
  const each = expectedOf(schema.element);
  if (each === text) return text;
  return `${text}; each entry: ${each}`;
}

/** The same for an environment variable. Undefined if its schema accepts any text. */
export function expectedOfVariable(schema: z.core.$ZodType): string | undefined {
  const { error } = z.safeParse(schema, NO_VARIABLE);
  return error === undefined ? undefined : textOf(`it: ${error.issues[0]?.message}, got`);
}

const namesOf = (schema: z.ZodObject): string => conjunctions.format(Object.keys(schema.shape));

/** Such as "kind is canary or linear". */
function choicesOf(schema: z.ZodDiscriminatedUnion): string {
  const key = schema.def.discriminator;
  return `${key} is ${alternatives.format(schema.options.map((option) => choiceOf(option, key)))}`;
}

/** The value that chooses this alternative. */
export function choiceOf(option: z.core.$ZodType, key: string): string {
  const literal = option instanceof z.ZodObject ? option.shape[key] : undefined;
  if (!(literal instanceof z.ZodLiteral)) throw new Error(`Expected a literal for ${key}`);
  return String(literal.value);
}

export const isObject = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodObject || schema instanceof z.ZodDiscriminatedUnion;

function textOf(problem = ''): string {
  const [, text] = /: expected (.+), got/.exec(problem) ?? [];
  if (text === undefined) throw new Error(`Expected an error with "expected …", got "${problem}"`);
  return text;
}
