import type { Orientation } from '../turn.ts';
import type { DecoderNeeds } from './needs.ts';

/** What the header of a file says about its pixels, and what its decoder needs to decode them. */
export interface ImageHeader extends DecoderNeeds {
  /** Pixels as they are stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly isCmyk: boolean;
  /** An ordinary JPEG, which the second decoder reads exactly as libjpeg does. */
  readonly isPlain?: boolean;
}
