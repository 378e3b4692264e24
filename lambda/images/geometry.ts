/** As in Pillow, antialiased: a triangle, or Keys' cubic convolution with a = -0.5. */
export type Interpolation = 'bilinear' | 'bicubic';

export interface Geometry {
  readonly resize: (
    | {
        /** Pixels of the shorter side after resizing. The aspect ratio is kept. */
        readonly shortSide: number;
      }
    | {
        /** Pixels of both sides after resizing. The aspect ratio is lost. */
        readonly exactSide: number;
      }
  ) & { readonly interpolation: Interpolation };
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
  readonly interpolation: Interpolation;
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
    interpolation: resize.interpolation,
    crop: {
      left: cropOffset(resized.width, crop),
      top: cropOffset(resized.height, crop),
      width: crop,
      height: crop,
    },
  };
}

/**
 * The part of the picture that the model sees, in pixels that need not be whole.
 *
 * @param size of the upright picture.
 */
export function seenRegion(size: Size, geometry: Geometry): Region {
  const { resized, crop } = planCrop(size, geometry);
  // Multiplied first, so that a crop of the whole picture has exactly its size.
  return {
    left: (crop.left * size.width) / resized.width,
    top: (crop.top * size.height) / resized.height,
    width: (crop.width * size.width) / resized.width,
    height: (crop.height * size.height) / resized.height,
  };
}

/** What a resize does to each side. An exact size can make one side longer and the other shorter. */
type Resize = Pick<CropPlan, 'size' | 'resized'>;
export const isMadeWider = ({ size, resized }: Resize): boolean => size.width < resized.width;
export const isMadeTaller = ({ size, resized }: Resize): boolean => size.height < resized.height;
export const isEnlarged = (resize: Resize): boolean => isMadeWider(resize) || isMadeTaller(resize);

/** The picture with the sides that become shorter already resized, and the others as they are. */
export const reducedSize = ({ size, resized }: Resize): Size => ({
  width: Math.min(size.width, resized.width),
  height: Math.min(size.height, resized.height),
});

/** The picture with the sides that become longer already resized, and the others as they are. */
export const enlargedSize = ({ size, resized }: Resize): Size => ({
  width: Math.max(size.width, resized.width),
  height: Math.max(size.height, resized.height),
});

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
