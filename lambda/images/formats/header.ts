import type { Size } from '../geometry.ts';
import type { Orientation } from '../turn.ts';

/** What the header of a file says about its pixels, and what its decoder needs to give them. */
export interface ImageHeader {
  /** Pixels as they are stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly isCmyk: boolean;
  /** Bytes of a pixel as the decoder hands it on: all channels, alpha included. */
  readonly pixelBytes: number;
  /** Whether the decoder can give a smaller picture at once, as libjpeg can. */
  readonly shrinksOnLoad?: boolean;
  /** A JPEG that a second decoder reads in the same way as libjpeg. */
  readonly isPlain?: boolean;
  /** Pixels of a tile, where the picture is read tile by tile. */
  readonly tile?: Size | undefined;
  /** Bytes that the decoder itself holds at most: whole frames, coefficients or strips. */
  readonly heldBytes: number;
  /** CPU time of the decoder itself in ms, on a slow machine. */
  readonly decoderMs: number;
}
