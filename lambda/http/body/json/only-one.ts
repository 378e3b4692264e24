import { invalidFields } from '../../validate.ts';
import type { JsonFields } from './small-object.ts';

/**
 * The one field of two that an object has.
 *
 * @param where of the object, for the error.
 * @throws ServiceError `invalid_request` if it has neither, or both.
 */
export function onlyOne<Name extends string>(
  fields: JsonFields,
  names: readonly [Name, Name],
  where: string,
): Name {
  const given = names.filter((name) => Object.hasOwn(fields, name));
  const [only] = given;
  if (only !== undefined && given.length === 1) return only;
  const got = only === undefined ? 'neither' : 'both';
  throw invalidFields([{ field: where, message: `expected ${names.join(' or ')}, got ${got}` }]);
}
