import type { EnvironmentValues } from '../environment.ts';

/**
 * What docs/settings.md and .env.example say about a variable. The type, the unit and the range are those of its
 * schema. The service does not load these texts.
 */
export interface VariableNotes {
  /** What it does. The first sentence is also in .env.example. */
  readonly text: string;
  /** A value that the service accepts. Empty for a secret. */
  readonly example: string;
  /** What the value is, if the schema takes any text. */
  readonly form?: string;
  /** What applies if it is not set, if the schema has no default. In Markdown. */
  readonly unset?: string;
  /** What the container image sets. */
  readonly image?: string;
  /** What applies on Lambda, if it differs. In Markdown. */
  readonly lambda?: string;
}

/** The variables of one topic, in the order in which they are listed. */
export type Topic = Partial<Record<keyof EnvironmentValues, VariableNotes>>;

/** For a variable that the stage's CDK app sets on Lambda. */
export const fromStage = (setting: string): string => `from the stage’s \`${setting}\``;
