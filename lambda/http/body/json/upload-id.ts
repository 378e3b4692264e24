import { isUploadId, type UploadId } from '../../../jobs/ids.ts';
import { invalidFields } from '../../validate.ts';

/** @throws ServiceError `invalid_request` that does not repeat the value: ids are secrets. */
export function uploadIdIn(value: unknown, field: string): UploadId {
  if (typeof value === 'string' && isUploadId(value)) return value;
  throw invalidFields([{ field, message: 'expected an id as POST /uploads gives it, got something else' }]);
}
