/** Counts by name, in bounded memory. */
export interface Tally {
  add(name: string): void;
  /** The names with the highest counts. */
  top(names: number): Readonly<Record<string, number>>;
  clear(): void;
}

/** @param maxNames names beyond this number are not counted. */
export function createTally(maxNames: number): Tally {
  const counts = new Map<string, number>();
  return {
    add(name) {
      const count = counts.get(name);
      if (count !== undefined || counts.size < maxNames) counts.set(name, (count ?? 0) + 1);
    },
    top(names) {
      const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, names);
      return Object.fromEntries(sorted);
    },
    clear: () => counts.clear(),
  };
}
