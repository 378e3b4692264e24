import type { Random } from '../random.ts';
import type { Field } from './field.ts';
import type { Changed } from './parts.ts';

/** The structure of one format. All methods accept damaged files too, in which they may find less. */
export interface Structure {
  /** Every number in the headers. */
  fields(file: Buffer): readonly Field[];
  /** Changes the order or the number of parts. */
  rearrange(file: Buffer, random: Random): Changed;
  /** Corrects checksums and lengths around a change, in place. Otherwise decoders would stop there. */
  repair?(file: Buffer): void;
}
