import type { Recipe } from './preprocessing/recipe.ts';

/**
 * Decides height and width of a model's images: what the graph fixes, else `--size`, else what the files say.
 *
 * @param size of the command line.
 * @param imageSize of `config.json`.
 * @returns throws an Error in one line if two of them differ, or if none says it.
 */
export function sideChooser(
  size: number | undefined,
  { origin, sides }: Pick<Recipe, 'origin' | 'sides'>,
  imageSize: number | undefined,
): (fixed: number | undefined) => number {
  return (fixed) => {
    if (size !== undefined && fixed !== undefined && size !== fixed) {
      throw new Error(`--size: expected ${fixed}, the only size that the graph takes, got ${size}`);
    }
    const side = fixed ?? size ?? sides[0] ?? imageSize;
    if (side === undefined) {
      throw new Error(
        '--size: expected height and width of the images in pixels, because the graph takes any',
      );
    }
    if (sides.length > 0 && !sides.includes(side)) {
      const who = fixed === undefined ? '--size' : 'the graph';
      throw new Error(
        `${origin}: expected images of ${side} pixels, as ${who} says, got ${sides.join(' or ')}`,
      );
    }
    return side;
  };
}
