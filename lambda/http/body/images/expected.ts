import type { UploadId } from '../../../jobs/ids.ts';
import type { EncodedImage } from '../../../prediction/predictor.ts';
import type { OptionSchemas } from '../../options/options.ts';
import { invalidFields } from '../../validate.ts';
import type { UploadLimits } from '../upload.ts';

/** What a body may hold. */
export interface Expected<Options> {
  readonly limits: UploadLimits;
  readonly options: OptionSchemas<Options>;
}

/** What a body holds. Bytes are parts of the body, not copies. */
export interface SingleImage<Options> {
  readonly bytes: Uint8Array;
  readonly options: Partial<Options>;
}

/** An image that was sent before, with `POST /uploads`. */
export interface UploadedImage<Options> {
  readonly uploadId: UploadId;
  readonly options: Partial<Options>;
}

/** In the order in which they were sent. An image that cannot be read is an entry with its error. */
export interface SeveralImages<Options> {
  readonly images: readonly EncodedImage[];
  readonly options: Partial<Options>;
}

/** @throws ServiceError `invalid_request` */
export function requireBatchSize(field: string, count: number, maximum: number): void {
  if (count >= 1 && count <= maximum) return;
  throw invalidFields([{ field, message: `expected 1 to ${maximum} images, got ${count}` }]);
}
