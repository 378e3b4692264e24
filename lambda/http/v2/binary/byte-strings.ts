import { invalidFields } from '../../validate.ts';

const LENGTH_BYTES = 4;

/**
 * The elements of a binary tensor of BYTES: each has its length in front, as a little-endian integer of four bytes.
 *
 * @param count the number of elements that the shape promises.
 * @param field the name of the input in errors.
 * @returns parts of `bytes`, not copies.
 * @throws ServiceError `invalid_request` if the lengths do not add up to the tensor.
 */
export function readByteStrings(bytes: Uint8Array, count: number, field: string): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const left = bytes.byteLength - at;
    if (left < LENGTH_BYTES) throw invalid(`${LENGTH_BYTES} bytes with the length of element ${index}`, left);
    const length = view.getUint32(at, true);
    at += LENGTH_BYTES;
    if (length > bytes.byteLength - at) {
      throw invalid(`${length} bytes of element ${index}`, bytes.byteLength - at);
    }
    elements.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at < bytes.byteLength) throw invalid(`nothing after ${count} elements`, bytes.byteLength - at, ' more');
  return elements;

  function invalid(expected: string, got: number, more = '') {
    return invalidFields([{ field, message: `expected ${expected}, got ${got} bytes${more}` }]);
  }
}
