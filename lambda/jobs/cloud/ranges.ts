/** Positions of inputs in a job, both included. */
export type Range = readonly [first: number, last: number];

export const lengthOf = ([first, last]: Range): number => last - first + 1;

export const contains = ([first, last]: Range, position: number): boolean =>
  first <= position && position <= last;

/** @param range of at least two inputs. */
export function halvesOf([first, last]: Range): readonly [Range, Range] {
  const middle = Math.floor((first + last) / 2);
  return [
    [first, middle],
    [middle + 1, last],
  ];
}

/**
 * Halves of halves of halves, so these are ranges that {@link divide} makes too.
 *
 * @returns eight, or as many as there are inputs.
 */
export function eighthsOf(range: Range): readonly Range[] {
  let pieces: readonly Range[] = [range];
  for (let halvings = 0; halvings < 3; halvings += 1) {
    pieces = pieces.flatMap((piece) => (lengthOf(piece) > 1 ? halvesOf(piece) : [piece]));
  }
  return pieces;
}

export interface DividedRange {
  /** Ranges all of whose inputs are done. */
  readonly done: readonly Range[];
  /** Ranges with the inputs that are not, and with as few others as possible. */
  readonly left: readonly Range[];
}

/** Divides a range into halves of halves, so that what is done can be kept: see {@link cover}. */
export function divide(range: Range, isDone: (position: number) => boolean): DividedRange {
  const [first, last] = range;
  let count = 0;
  for (let position = first; position <= last; position += 1) if (isDone(position)) count += 1;
  if (count === lengthOf(range)) return { done: [range], left: [] };
  if (count === 0) return { done: [], left: [range] };
  const [low, high] = halvesOf(range).map((half) => divide(half, isDone)) as [DividedRange, DividedRange];
  return { done: [...low.done, ...high.done], left: [...low.left, ...high.left] };
}

/**
 * Of the pieces that were written for a job, those that have every input exactly once. A batch that is split may have
 * been written as a whole before, and the same goes for each of its pieces, which are halves of halves. So the pieces form binary trees. The largest piece
 * that begins at a position has all that the smaller ones have.
 *
 * @param pieces by their first position, and those with the same one by their last.
 * @param from the first position that is wanted.
 */
export async function* cover<Piece extends { readonly range: Range }>(
  pieces: AsyncIterable<Piece>,
  from = 0,
): AsyncGenerator<Piece> {
  let position = from;
  let largest: Piece | undefined;
  for await (const piece of pieces) {
    const [first] = piece.range;
    if (largest && first > largest.range[0]) {
      yield largest;
      position = largest.range[1] + 1;
      largest = undefined;
    }
    if (first >= position) largest = piece;
  }
  if (largest) yield largest;
}
