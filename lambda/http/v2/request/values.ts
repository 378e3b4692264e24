import { Repeated } from '../../repeated.ts';
import { invalidFields } from '../../validate.ts';
import { got, inWords, shorten } from '../../wording.ts';

/** The readers of the small values in a request. Fields that the protocol does not know are ignored, as it asks. */

/** A JSON object. Its prototype is never read: `Object.hasOwn` guards every look-up. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value of a field. Undefined if it is missing. */
export const fieldOf = (fields: Fields, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** Whether a field has a value. Some writers send null for one that has none. */
export const hasValue = (value: unknown): boolean => value !== undefined && value !== null;

/** @throws ServiceError `invalid_request` */
export function objectOf(value: unknown, field: string): Fields {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && !Array.isArray(value) && !(value instanceof Repeated)) return value as Fields;
  throw wrong(field, 'an object', value);
}

/** @throws ServiceError `invalid_request` */
export function arrayOf(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(field, 'an array', value);
}

/** @returns undefined for a field without a value. @throws ServiceError `invalid_request` */
export function optionalText(value: unknown, field: string): string | undefined {
  if (!hasValue(value)) return undefined;
  if (typeof value === 'string') return value;
  throw wrong(field, 'a string', value);
}

/** @returns undefined for a field without a value. @throws ServiceError `invalid_request` */
export function optionalBoolean(value: unknown, field: string): boolean | undefined {
  if (!hasValue(value)) return undefined;
  if (typeof value === 'boolean') return value;
  throw wrong(field, 'true or false', value);
}

/** @returns undefined for a field without a value. @throws ServiceError `invalid_request` */
export function optionalCount(value: unknown, field: string): number | undefined {
  if (!hasValue(value)) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0))
    return value;
  throw wrong(field, 'a whole number of at least 0', value);
}

/** @throws ServiceError `invalid_request` for any other text. */
export function requireText(
  value: unknown,
  expected: readonly string[],
  field: string,
): asserts value is string {
  if (typeof value === 'string' && expected.includes(value)) return;
  throw wrong(field, inWords(expected.map((text) => JSON.stringify(text))), value);
}

/** The parameters of a request, an input or an output: none if the field is missing. */
export const parametersOf = (fields: Fields, field: string): Fields => {
  const value = fieldOf(fields, 'parameters');
  return hasValue(value) ? objectOf(value, `${field}.parameters`) : {};
};

function wrong(field: string, expected: string, value: unknown) {
  const came = typeof value === 'string' ? JSON.stringify(shorten(value)) : got(value, undefined);
  return invalidFields([{ field, message: `expected ${expected}, got ${came}` }]);
}
