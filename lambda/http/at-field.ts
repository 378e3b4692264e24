import { ServiceError } from '../errors.ts';

/**
 * The error of one image as that of the whole request: it names the field of the image. An error that already names
 * a field stays as it is.
 */
export function atField(error: ServiceError, field: string): ServiceError {
  if (error.fields) return error;
  return new ServiceError(error.code, `${field}: ${error.detail}`, {
    cause: error.cause,
    fields: [{ field, message: error.detail }],
  });
}
