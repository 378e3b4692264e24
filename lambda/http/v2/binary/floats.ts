import { FP32_BYTES } from '../tensors.ts';

/**
 * The numbers of a binary tensor, which are in little-endian order like those of every processor that the service
 * runs on. If they do not begin at a multiple of four bytes, they are moved to the left in place: a copy would need as
 * much memory again.
 *
 * @param body is overwritten before `start` where the numbers are moved.
 * @param start where the numbers begin in the body.
 */
export function floatsAt(body: Uint8Array<ArrayBuffer>, start: number, count: number): Float32Array {
  const position = body.byteOffset + start;
  const shift = position % FP32_BYTES;
  if (shift > 0) body.copyWithin(start - shift, start, start + count * FP32_BYTES);
  return new Float32Array(body.buffer, position - shift, count);
}
