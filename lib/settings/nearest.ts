/**
 * The candidate whose spelling is closest to `name`, ignoring case. Undefined if even that one differs in
 * more than half of the name's letters.
 *
 * @example nearest('memoryMB', ['memoryMiB', 'tracing']); // 'memoryMiB'
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance }) => distance <= name.length / 2)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** Levenshtein distance: how many letters have to be inserted, removed or replaced. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = Number(previous[column]) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, Number(previous[column + 1]) + 1, Number(current[column]) + 1));
    }
    previous = current;
  }
  return Number(previous.at(-1));
}
