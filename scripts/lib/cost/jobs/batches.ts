/** How many inputs a batch has, by the number of inputs before it. */
export type BatchSizes = (first: number) => number;

export const fixedSize =
  (inputs: number): BatchSizes =>
  () =>
    inputs;

export interface Growth {
  /** A batch has this part of the inputs before it. */
  readonly divisor: number;
  readonly least: number;
  readonly most: number;
}

/** Batches that grow with the job, so that a large job has few of them and a small one has many. */
export const growingSize =
  ({ divisor, least, most }: Growth): BatchSizes =>
  (first) =>
    Math.min(most, Math.max(least, Math.ceil(first / divisor)));

export interface Batches {
  readonly count: number;
  /** Inputs of the largest. */
  readonly largest: number;
}

export function batchesOf(sizes: BatchSizes, inputs: number): Batches {
  let count = 0;
  let largest = 0;
  for (let first = 0; first < inputs; count += 1) {
    const size = Math.min(sizes(first), inputs - first);
    largest = Math.max(largest, size);
    first += size;
  }
  return { count, largest };
}
