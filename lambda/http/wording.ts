import { z } from 'zod';
import { Repeated } from './repeated.ts';

/** How many characters of a name or a value an error repeats. */
const MAX_SHOWN = 64;
const NUMERAL = /^-?\d{1,20}(\.\d{1,20})?$/;

/** Characters that a terminal or an editor does not show, or that change the order of others. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A name as errors show it: at most 65 characters, all of them visible, with no broken surrogate pair. */
export function shorten(text: string): string {
  return visible(cut(text));
}

const visible = (text: string): string => text.replace(INVISIBLE, '\uFFFD');

const cut = (text: string): string =>
  `${text.slice(0, MAX_SHOWN).toWellFormed()}${text.length > MAX_SHOWN ? '…' : ''}`;

/** What a field takes. @example 'a whole number from 1 to 1000' */
export function expectation(schema: unknown): string {
  const value = valueSchema(schema);
  if (value instanceof z.ZodNumber) {
    return `a ${value.isInt ? 'whole ' : ''}number from ${value.minValue} to ${value.maxValue}`;
  }
  if (value instanceof z.ZodString) return `text of ${value.minLength} to ${value.maxLength} characters`;
  return 'a value as /docs describes it';
}

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
  return `${count} values: ${values.map(quoted).join(' and ')}${count > values.length ? ' and others' : ''}`;
}

function gotText(text: string, schema: unknown): string {
  if (isText(schema)) return `${text.length} characters`;
  // In a query or a form, numbers arrive as text. Quotes would suggest that this is wrong.
  return NUMERAL.test(text) && takesText(schema) ? text : quoted(text);
}

const isText = (schema: unknown): boolean => valueSchema(schema) instanceof z.ZodString;

const quoted = (text: string): string => visible(JSON.stringify(cut(text)));

/** The schema of the value itself: without the wrappers for an optional value and for one written as text. */
function valueSchema(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return valueSchema(schema.unwrap());
  return schema instanceof z.ZodPipe ? valueSchema(schema.out) : schema;
}

function takesText(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional) return takesText(schema.unwrap());
  return schema instanceof z.ZodPipe ? takesText(schema.in) : schema instanceof z.ZodString;
}
