import { sum } from './counts.ts';

/** The number of ranges of confidence: below 0.1, below 0.2 and so on. */
export const TENTHS = 10;

/** What was classified in some days: images by top-1 class, and by the tenth of its probability. */
export interface Histogram {
  /** By label index. */
  readonly classes: ReadonlyMap<number, number>;
  /** {@link TENTHS} counts. */
  readonly confidence: readonly number[];
  readonly modelVersions: readonly string[];
}

/** One group of images. */
export interface HistogramRow {
  readonly classIndex: number;
  /** 0 for a probability below 0.1, and so on. */
  readonly tenth: number;
  readonly images: number;
  readonly modelVersion: string | undefined;
}

export function histogramOf(rows: readonly HistogramRow[]): Histogram {
  const classes = new Map<number, number>();
  const confidence = Array.from({ length: TENTHS }, () => 0);
  for (const { classIndex, tenth, images } of rows) {
    classes.set(classIndex, (classes.get(classIndex) ?? 0) + images);
    // A probability of exactly 1 is in the highest tenth.
    const bin = Math.min(tenth, TENTHS - 1);
    confidence[bin] = (confidence[bin] ?? 0) + images;
  }
  return { classes, confidence, modelVersions: distinct(rows.flatMap((row) => row.modelVersion ?? [])) };
}

export function sumOf(histograms: readonly Histogram[]): Histogram {
  const classes = new Map<number, number>();
  for (const [index, images] of histograms.flatMap((one) => [...one.classes])) {
    classes.set(index, (classes.get(index) ?? 0) + images);
  }
  const confidence = Array.from({ length: TENTHS }, (_, bin) =>
    histograms.reduce((total, one) => total + (one.confidence[bin] ?? 0), 0),
  );
  return { classes, confidence, modelVersions: distinct(histograms.flatMap((one) => one.modelVersions)) };
}

export const imagesIn = ({ confidence }: Histogram): number => sum(confidence);

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort();
