import type { Manifest, ModelInput } from '../../../../../lambda/model/manifest.ts';
import { PER_BYTE } from './usual.ts';

export type Preprocessing = Manifest['preprocessing'];
type PerChannel = Preprocessing['mean'];

/** How a model wants photos prepared, as far as a preset or the files of an export say it. */
export interface Recipe {
  /** Who says it, for errors: a file or an option. */
  readonly origin: string;
  /** Height and width of the input in pixels that it is for, the usual one first. Empty for any. */
  readonly sides: readonly number[];
  /** @param side height and width of the model's input in pixels. */
  readonly geometry: (side: number) => Geometry;
  /** Such as `bicubic`, also if the service does not have it. */
  readonly interpolation: string;
  /** What values of 0..255 are multiplied by before the mean is subtracted. */
  readonly rescale: number;
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

export interface Geometry {
  readonly resize: { readonly shortSide: number } | { readonly exactSide: number };
  readonly crop: number;
}

/** What the command line says instead. */
export interface Overrides {
  readonly shortSide?: number | undefined;
  readonly interpolation?: Preprocessing['resize']['interpolation'] | undefined;
  readonly rescale?: number | undefined;
  readonly mean?: PerChannel | undefined;
  readonly std?: PerChannel | undefined;
}

const INTERPOLATIONS = ['bilinear', 'bicubic'] as const;

/**
 * @param side height and width of the model's input in pixels.
 * @throws Error in one line for a filter that the service does not have.
 */
export function preprocessingOf(
  recipe: Recipe,
  overrides: Overrides,
  side: number,
  dtype: ModelInput['dtype'],
): Preprocessing {
  const { resize, crop } = recipe.geometry(side);
  const filter = {
    interpolation: overrides.interpolation ?? knownInterpolation(recipe),
    antialias: true,
  } as const;
  const resized =
    overrides.shortSide === undefined
      ? { ...resize, ...filter }
      : { shortSide: overrides.shortSide, ...filter };
  // A graph that takes bytes normalises them itself.
  if (dtype === 'uint8') return { resize: resized, crop, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  const rescale = overrides.rescale ?? recipe.rescale;
  return {
    resize: resized,
    crop,
    ...(Math.abs(rescale - PER_BYTE) < 1e-9 ? {} : { rescale }),
    mean: overrides.mean ?? recipe.mean,
    std: overrides.std ?? recipe.std,
  };
}

function knownInterpolation({ origin, interpolation }: Recipe): (typeof INTERPOLATIONS)[number] {
  const known = INTERPOLATIONS.find((name) => name === interpolation);
  if (known !== undefined) return known;
  throw new Error(
    `${origin}: expected the interpolation ${INTERPOLATIONS.join(' or ')}, got ${interpolation}; ` +
      '--interpolation chooses one of them',
  );
}
