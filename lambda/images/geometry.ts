export interface Geometry {
  readonly resize:
    | {
        /** Pixels of the shorter side after resizing. The aspect ratio is kept. */
        readonly shortSide: number;
      }
    | {
        /** Pixels of both sides after resizing. The aspect ratio is lost. */
        readonly exactSide: number;
      };
  /** Side of the centre crop in pixels. */
  readonly crop: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/** How to make the crop that the model sees. */
export interface CropPlan {
  readonly size: Size;
  readonly resized: Size;
  /** A region of the resized picture. */
  readonly crop: Region;
}

/**
 * Plans torchvision's `Resize` and `CenterCrop`.
 *
 * @param size of the upright picture.
 */
export function planCrop(size: Size, { resize, crop }: Geometry): CropPlan {
  const resized =
    'shortSide' in resize
      ? resizedSize(size, resize.shortSide)
      : { width: resize.exactSide, height: resize.exactSide };
  return {
    size,
    resized,
    crop: {
      left: cropOffset(resized.width, crop),
      top: cropOffset(resized.height, crop),
      width: crop,
      height: crop,
    },
  };
}

/**
 * Whether the crop is made by enlarging the picture. The decoder then reads only the pixels that the crop needs.
 */
export function isEnlarged({ size, resized }: Pick<CropPlan, 'size' | 'resized'>): boolean {
  return Math.min(size.width, size.height) < Math.min(resized.width, resized.height);
}

/** As in torchvision, the long side is truncated, not rounded. */
function resizedSize({ width, height }: Size, shortSide: number): Size {
  return width <= height
    ? { width: shortSide, height: Math.trunc((shortSide * height) / width) }
    : { width: Math.trunc((shortSide * width) / height), height: shortSide };
}

/** Rounds like Python's `round`: halves go to the even neighbour. */
function cropOffset(size: number, crop: number): number {
  const offset = (size - crop) / 2;
  const floor = Math.floor(offset);
  return offset - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(offset);
}
