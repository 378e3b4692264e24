import type { Explanation } from '../../lambda/prediction/explainer.ts';

/**
 * Where the first map is strongest: the middle of that cell, in pixels of the upright photo.
 *
 * @param strength of a value.
 */
export function strongestPlace(
  explanation: Explanation | undefined,
  strength = (value: number) => value,
): { readonly x: number; readonly y: number } {
  const [map] = explanation?.maps ?? [];
  if (!explanation || !map) throw new Error('Expected a map, got none');
  const { region } = explanation;
  const { values } = map;
  const cells = values.flatMap((row, y) => [...row].map((value, x) => ({ x, y, strength: strength(value) })));
  const [strongest] = cells.sort((a, b) => b.strength - a.strength);
  if (!strongest) throw new Error('Expected cells, got none');
  return {
    x: region.left + ((strongest.x + 0.5) * region.width) / (values[0]?.length ?? Number.NaN),
    y: region.top + ((strongest.y + 0.5) * region.height) / values.length,
  };
}
