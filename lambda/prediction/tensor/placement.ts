import type { Pixels } from '../../images/decode.ts';
import type { ImageValues } from '../../model/session.ts';
import type { Tables } from './normalisation.ts';

/** Where the values of an image are in the input of a model. */
export interface Placement {
  /** Writes what the tables make of the pixels. */
  writePixels(image: Pixels, tables: Tables<ImageValues>, target: ImageValues): void;
  /** The position of one value in the target. */
  indexOf(channel: number, y: number, x: number): number;
}
