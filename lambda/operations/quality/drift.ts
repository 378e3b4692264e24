import { round } from '../../telemetry/requests.ts';
import { classBins } from './class-bins.ts';
import { type Counts, sum } from './counts.ts';
import { type Histogram, imagesIn, TENTHS } from './histogram.ts';
import { psiNoise, psiTerms } from './psi.ts';

/** How many bins and classes the log names. */
const NAMED = 5;

/** The share of a bin or a class, in percent. */
interface Shares {
  readonly day_percent: number;
  readonly baseline_percent: number;
}

/** How far one distribution of a day is from that of the baseline. */
export type Drift =
  | {
      readonly psi: number;
      /** The bins that contribute most. */
      readonly largest: readonly (Shares & { readonly bin: string; readonly psi: number })[];
    }
  /** Why there is no number. */
  | { readonly psi: undefined; readonly reason: string };

export interface DayDrift {
  readonly classes: Drift;
  readonly confidence: Drift;
  /** The classes whose shares changed most. */
  readonly movedClasses: readonly (Shares & { readonly class_index: number })[];
}

/**
 * Compares a day with its baseline.
 *
 * @param threshold of the alarm. There is no number if chance alone could reach half of it.
 */
export function driftOf(day: Histogram, baseline: Histogram, threshold: number): DayDrift {
  const bins = classBins(baseline.classes);
  const tenths = Array.from({ length: TENTHS }, (_, tenth) => `${tenth / 10}-${(tenth + 1) / 10}`);
  return {
    classes: compare(bins.names, bins.count(day.classes), bins.count(baseline.classes), threshold),
    confidence: compare(tenths, day.confidence, baseline.confidence, threshold),
    movedClasses: movedClasses(day, baseline),
  };
}

function compare(names: readonly string[], day: Counts, baseline: Counts, threshold: number): Drift {
  const [dayImages, baselineImages] = [sum(day), sum(baseline)];
  const noise = psiNoise(names.length, dayImages, baselineImages);
  if (!(noise <= threshold / 2)) {
    return {
      psi: undefined,
      reason: `expected enough images for a PSI of at most ${threshold / 2} by chance, got ${dayImages} in the day and ${baselineImages} in the baseline, for ${names.length} bins`,
    };
  }
  const terms = psiTerms(day, baseline);
  const shares = sharesOf(dayImages, baselineImages);
  const largest = terms
    .map((term, bin) => ({
      bin: names[bin] ?? '',
      psi: round(term, 4),
      ...shares(day[bin] ?? 0, baseline[bin] ?? 0),
    }))
    .sort((a, b) => b.psi - a.psi)
    .slice(0, NAMED);
  return { psi: sum(terms), largest };
}

function movedClasses(day: Histogram, baseline: Histogram): DayDrift['movedClasses'] {
  const shares = sharesOf(imagesIn(day), imagesIn(baseline));
  return [...new Set([...day.classes.keys(), ...baseline.classes.keys()])]
    .map((index) => ({
      class_index: index,
      ...shares(day.classes.get(index) ?? 0, baseline.classes.get(index) ?? 0),
    }))
    .sort((a, b) => moved(b) - moved(a))
    .slice(0, NAMED);
}

const moved = ({ day_percent, baseline_percent }: Shares): number => Math.abs(day_percent - baseline_percent);

const sharesOf = (dayImages: number, baselineImages: number) => (day: number, baseline: number) => ({
  day_percent: round((100 * day) / dayImages),
  baseline_percent: round((100 * baseline) / baselineImages),
});
