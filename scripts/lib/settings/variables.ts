import type { z } from 'zod';
import { type EnvironmentValues, environmentSchema } from '../../../lambda/config/environment.ts';
import { ENVIRONMENT_NOTES } from '../../../lambda/config/notes/index.ts';
import type { VariableNotes } from '../../../lambda/config/notes/notes.ts';
import { expectedOfVariable } from './expectation.ts';

export interface Variable extends VariableNotes {
  readonly name: keyof EnvironmentValues;
  /** What it may be, such as "a whole number of bytes from 1 to 100000000". */
  readonly expected: string;
  /** As it is written in the environment. Undefined if the schema has none. */
  readonly fallback: string | undefined;
}

export interface VariableTopic {
  readonly title: string;
  readonly variables: readonly Variable[];
}

/**
 * The variables of the service, by topic.
 *
 * @throws Error if notes do not fit to the schema of their variable.
 */
export function variableTopics(): readonly VariableTopic[] {
  return Object.entries(ENVIRONMENT_NOTES).map(([title, topic]) => ({
    title,
    variables: Object.entries(topic).map(([name, notes]) => variable(name as keyof EnvironmentValues, notes)),
  }));
}

function variable(name: keyof EnvironmentValues, notes: VariableNotes): Variable {
  const schema: z.ZodType = environmentSchema.shape[name];
  const expected = expectedOfVariable(schema) ?? notes.form;
  if (expected === undefined) throw new Error(`${name}: expected its notes to have a form, got none`);
  const fallback = schema.parse(undefined);
  if ((fallback === undefined) !== (notes.unset !== undefined)) {
    throw new Error(`${name}: expected "unset" in its notes or a default in its schema, got both or neither`);
  }
  return { ...notes, name, expected, fallback: fallback === undefined ? undefined : asWritten(fallback) };
}

function asWritten(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}
