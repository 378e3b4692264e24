import type { CropPlan, Region } from './geometry.ts';

/** EXIF 2.32, tag 0x0112: 1 is upright, 2 to 4 are mirrored or upside down, 5 to 8 are on their side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Any other number means upright, as in PIL and libvips. */
export function orientationOf(value: number | undefined): Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8
    ? (value as Orientation)
    : 1;
}

const isOnItsSide = (orientation: Orientation): boolean => orientation >= 5;
/** Whether the columns, or the rows, of the stored picture are in reverse order. */
const columnsRunBack = (orientation: Orientation): boolean => [2, 3, 7, 8].includes(orientation);
const rowsRunBack = (orientation: Orientation): boolean => [3, 4, 6, 7].includes(orientation);

/** Converts the size of a stored picture to that of the upright one, or back. */
export function turnSize<Size extends { readonly width: number; readonly height: number }>(
  { width, height }: Size,
  orientation: Orientation,
): { width: number; height: number } {
  return isOnItsSide(orientation) ? { width: height, height: width } : { width, height };
}

/**
 * Converts a plan for the upright picture to the plan for the stored one. Turning the small crop instead of
 * the picture saves a copy of the whole picture, because libvips cannot turn a picture that it reads row by
 * row.
 */
export function storedPlan(plan: CropPlan, orientation: Orientation): CropPlan {
  const { size, resized, crop } = plan;
  const stored = turnSize(resized, orientation);
  const { left, top } = isOnItsSide(orientation) ? { left: crop.top, top: crop.left } : crop;
  const region: Region = {
    ...turnSize(crop, orientation),
    left: columnsRunBack(orientation) ? stored.width - left - crop.width : left,
    top: rowsRunBack(orientation) ? stored.height - top - crop.height : top,
  };
  return { ...plan, size: turnSize(size, orientation), resized: stored, crop: region };
}

/**
 * @param rgb the crop of the stored picture: `side` x `side` pixels, interleaved RGB.
 *
 * @returns the upright crop.
 */
export function turnUpright(rgb: Uint8Array, side: number, orientation: Orientation): Uint8Array {
  if (orientation === 1) return rgb;
  const upright = new Uint8Array(rgb.length);
  let to = 0;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1, to += 3) {
      const [along, down] = isOnItsSide(orientation) ? [y, x] : [x, y];
      const column = columnsRunBack(orientation) ? side - 1 - along : along;
      const row = rowsRunBack(orientation) ? side - 1 - down : down;
      const from = (row * side + column) * 3;
      upright[to] = rgb[from] as number;
      upright[to + 1] = rgb[from + 1] as number;
      upright[to + 2] = rgb[from + 2] as number;
    }
  }
  return upright;
}
