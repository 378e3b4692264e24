import { invalidFields } from '../../validate.ts';
import type { ModelTensors } from '../tensors.ts';

/** Dimensions that an error repeats. */
const MAX_SHOWN = 8;

/**
 * The size of the batch. No size of the request is multiplied before all of them are known to be right.
 *
 * @throws ServiceError `invalid_request` for a shape that the input does not have, or a batch that is too large.
 */
export function batchOf(shape: unknown, { input, maxBatch }: ModelTensors, field: string): number {
  const sizes: readonly unknown[] = Array.isArray(shape) ? shape : [];
  const [batch, ...dims] = sizes;
  const isRight = dims.length === input.dims.length && input.dims.every((size, axis) => dims[axis] === size);
  if (isRight && isWhole(batch) && batch >= 1 && batch <= maxBatch) return batch;
  const expected = [`1 to ${maxBatch}`, ...input.dims].join(', ');
  throw invalidFields([{ field, message: `expected [${expected}], got ${shown(shape)}` }]);
}

const isWhole = (value: unknown): value is number => Number.isInteger(value);

function shown(shape: unknown): string {
  if (shape === undefined) return 'nothing';
  if (!Array.isArray(shape)) return 'something else';
  const sizes = shape.slice(0, MAX_SHOWN).map((size) => (typeof size === 'number' ? String(size) : '?'));
  return `[${[...sizes, ...(shape.length > MAX_SHOWN ? ['…'] : [])].join(', ')}]`;
}
