import { ServiceError } from '../../../errors.ts';

/**
 * The error for a body that is not the JSON object that was expected. It has no cause: the log shows causes,
 * and V8's message quotes the body.
 */
export function invalidJson(detail: string): ServiceError {
  return new ServiceError('invalid_request', detail, {
    fields: [{ field: 'body', message: 'expected a JSON object' }],
  });
}
