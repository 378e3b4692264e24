/** Rotates the servers in each round. */
export function turns<Item>(items: readonly Item[], round: number): Item[] {
  const shift = round % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}
