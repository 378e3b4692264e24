/** Tensors that are used again, each by one request at a time. */
export interface TensorPool {
  /** A tensor for `count` images, with whatever was in it before. */
  take(count: number): Float32Array;
  /** The caller has no more use for it. One that never comes back, after an error, is simply collected. */
  giveBack(tensor: Float32Array): void;
}

/**
 * The tensor is by far the largest thing that a request allocates. New ones make V8 collect the whole heap every few
 * requests, in the middle of predictions.
 *
 * @param imageValues values of one image.
 */
export function createTensorPool(imageValues: number): TensorPool {
  // Only tensors of single images are kept: batches are rare, come in sizes, and would hold up to 16 times as much.
  const free: Float32Array[] = [];
  return {
    take: (count) => (count === 1 ? free.pop() : undefined) ?? new Float32Array(count * imageValues),
    giveBack(tensor) {
      if (tensor.length === imageValues) free.push(tensor);
    },
  };
}
