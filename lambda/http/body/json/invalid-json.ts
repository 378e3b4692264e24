import { ServiceError } from '../../../errors.ts';

/** The error for a body that is not the JSON object that was expected. */
export function invalidJson(detail: string, cause?: unknown): ServiceError {
  return new ServiceError('invalid_request', detail, {
    ...(cause === undefined ? {} : { cause }),
    fields: [{ field: 'body', message: 'expected a JSON object' }],
  });
}
