import type { Random } from '../random.ts';
import type { Field } from './field.ts';
import type { Changed } from './parts.ts';

/** What is known of one format's structure. Each method takes damaged files too, of which it may find less. */
export interface Structure {
  /** Every number of the headers. */
  fields(file: Buffer): readonly Field[];
  /** Changes order and number of parts. */
  rearrange(file: Buffer, random: Random): Changed;
  /** Corrects checksums and the lengths of what surrounds a change, in place: else a decoder looks no further. */
  repair?(file: Buffer): void;
}
