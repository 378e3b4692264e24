import { z } from 'zod';
import { quote } from '../shown.ts';
import { Repeated } from './repeated.ts';

export { shorten } from '../shown.ts';

const NUMERAL = /^-?\d{1,20}(\.\d{1,20})?$/;

/** What a field takes. @example 'true, false or a whole number from 1 to 10' */
export function expectation(schema: unknown): string {
  const value = valueSchema(schema);
  if (value instanceof z.ZodString) return `text of ${value.minLength} to ${value.maxLength} characters`;
  return inWords(alternatives(value));
}

/** @example ['true', 'false', 'a whole number from 1 to 10'] */
function alternatives(value: unknown): readonly string[] {
  if (value instanceof z.ZodUnion) {
    return value.options.flatMap((option) => alternatives(valueSchema(option)));
  }
  if (value instanceof z.ZodBoolean) return ['true', 'false'];
  if (value instanceof z.ZodNumber) {
    return [`a ${value.isInt ? 'whole ' : ''}number from ${value.minValue} to ${value.maxValue}`];
  }
  return ['a value as /docs describes it'];
}

/** @example inWords(['a', 'b', 'c']) // 'a, b or c' */
export const inWords = (items: readonly string[]): string =>
  items.length > 1 ? `${items.slice(0, -1).join(', ')} or ${items.at(-1)}` : items.join('');

/**
 * What came instead of the {@link expectation}, shortened. Text is repeated only where a number is expected:
 * a field that takes text, such as a URL, may hold a secret.
 */
export function got(value: unknown, schema: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Repeated) return gotRepeated(value, schema);
  if (value instanceof Uint8Array) return 'a file';
  if (typeof value === 'string') return gotText(value, schema);
  if (Array.isArray(value)) return 'an array';
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function gotRepeated({ count, values }: Repeated, schema: unknown): string {
  if (values.length === 0 || isText(schema)) return `${count} values`;
  return `${count} values: ${values.map(quote).join(' and ')}${count > values.length ? ' and others' : ''}`;
}

function gotText(text: string, schema: unknown): string {
  if (isText(schema)) return `${text.length} characters`;
  // In a query or a form, numbers arrive as text. Quotes would suggest that this is wrong.
  return NUMERAL.test(text) && takesText(schema) ? text : quote(text);
}

const isText = (schema: unknown): boolean => valueSchema(schema) instanceof z.ZodString;

/** The schema of the value itself: without the wrappers for an optional value and for one written as text. */
function valueSchema(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return valueSchema(schema.unwrap());
  return schema instanceof z.ZodPipe ? valueSchema(schema.out) : schema;
}

function takesText(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional) return takesText(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.some(takesText);
  return schema instanceof z.ZodPipe ? takesText(schema.in) : schema instanceof z.ZodString;
}
