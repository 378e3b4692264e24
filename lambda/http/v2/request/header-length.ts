import { invalidFields } from '../../validate.ts';
import { shorten } from '../../wording.ts';

/** Says how many bytes of the body are JSON. The binary data of tensors follows. 0: the body is one tensor. */
export const HEADER_LENGTH = 'inference-header-content-length';

const DIGITS = /^\d{1,15}$/;

/**
 * How many bytes of the body are JSON. Without the header, all.
 *
 * @throws ServiceError `invalid_request`
 */
export function headerLengthOf(headers: Headers, bodyBytes: number): number {
  const text = headers.get(HEADER_LENGTH);
  if (text === null) return bodyBytes;
  const length = DIGITS.test(text) ? Number(text) : Number.NaN;
  if (length <= bodyBytes) return length;
  throw invalidFields([
    {
      field: `header.${HEADER_LENGTH}`,
      message: `expected a number of bytes up to that of the body, ${bodyBytes}, got ${shorten(text)}`,
    },
  ]);
}
