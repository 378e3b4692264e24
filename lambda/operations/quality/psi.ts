import { type Counts, sum } from './counts.ts';

/**
 * What an empty bin counts as if it is not empty on the other side. The logarithm of 0 does not exist, and half
 * an image is the usual correction: it has the least bias for logarithms of ratios of counts (Agresti,
 * "Categorical Data Analysis", 2002, on adding 1/2 to each cell).
 */
const EMPTY = 0.5;

/** How many standard deviations above its mean the noise may be. */
const DEVIATIONS = 3;

/**
 * The terms of the population stability index (PSI), (p - q) ln(p / q) for each bin, with the shares p of a day
 * and q of its baseline. Their sum is the index: 0 for equal shares, the same in both directions.
 *
 * @param day at least one image.
 * @param baseline as many bins, and at least one image.
 */
export function psiTerms(day: Counts, baseline: Counts): number[] {
  const [dayTotal, baselineTotal] = [sum(day), sum(baseline)];
  return day.map((count, bin) => {
    const before = baseline[bin] ?? 0;
    if (count === 0 && before === 0) return 0;
    const p = Math.max(count, EMPTY) / dayTotal;
    const q = Math.max(before, EMPTY) / baselineTotal;
    return (p - q) * Math.log(p / q);
  });
}

/**
 * A PSI that chance alone rarely exceeds. If nothing has changed, PSI / (1/N + 1/M) follows about a
 * chi-square distribution with B - 1 degrees of freedom, for N and M images in B bins (Yurdakul, "Statistical
 * Properties of Population Stability Index", 2018, https://scholarworks.wmich.edu/dissertations/3208). Its
 * mean is B - 1 and its variance 2 (B - 1).
 */
export function psiNoise(bins: number, dayImages: number, baselineImages: number): number {
  const freedom = bins - 1;
  return (1 / dayImages + 1 / baselineImages) * (freedom + DEVIATIONS * Math.sqrt(2 * freedom));
}
