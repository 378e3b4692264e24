import type { z } from 'zod';

/** The value in a text, or undefined if the text is not JSON of the expected form. */
export function jsonOf<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
