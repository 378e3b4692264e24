import { sum } from './counts.ts';

/** A class with at least one of this many equal shares of the baseline is a bin of its own. */
const SHARES = 20;

export interface ClassBins {
  /** What each bin holds: `281`, `0-150` or `390-`. Classes that are a bin of their own are in no range. */
  readonly names: readonly string[];
  /** The number of images in each bin. */
  readonly count: (classes: ReadonlyMap<number, number>) => number[];
}

interface Range {
  /** Label index of the last class. */
  last: number;
}

/**
 * Groups classes by their frequency in the baseline. A class with 5 % or more is a bin of its own. The others
 * are taken in the order of their index until they have 5 % together. So there are at most 21 bins, each with
 * about as many images, whatever the traffic shows. The alternative, the most frequent classes and one
 * bin for all others, fails for varied photos: the most frequent classes have a few percent of them, and every
 * change among the others is hidden (docs/adr/0028).
 */
export function classBins(baseline: ReadonlyMap<number, number>): ClassBins {
  const least = sum([...baseline.values()]) / SHARES;
  const byIndex = [...baseline].sort(([a], [b]) => a - b);
  const own = byIndex.filter(([, images]) => images >= least).map(([index]) => index);
  const ranges: Range[] = [];
  let gathered = 0;
  for (const [index, images] of byIndex) {
    if (images >= least) continue;
    gathered += images;
    if (gathered < least) continue;
    ranges.push({ last: index });
    gathered = 0;
  }
  // The last range takes what is left over, and every class that the baseline does not have.
  const end = ranges.pop() ?? { last: 0 };
  end.last = Number.POSITIVE_INFINITY;
  ranges.push(end);

  const binOf = (index: number): number => {
    const alone = own.indexOf(index);
    return alone >= 0 ? alone : own.length + ranges.findIndex(({ last }) => index <= last);
  };
  return {
    names: [...own.map(String), ...rangeNames(ranges)],
    count: (classes) => {
      const counts = Array.from({ length: own.length + ranges.length }, () => 0);
      for (const [index, images] of classes) {
        const bin = binOf(index);
        counts[bin] = (counts[bin] ?? 0) + images;
      }
      return counts;
    },
  };
}

function rangeNames(ranges: readonly Range[]): string[] {
  return ranges.map(({ last }, position) => {
    const first = (ranges[position - 1]?.last ?? -1) + 1;
    return `${first}-${Number.isFinite(last) ? last : ''}`;
  });
}
