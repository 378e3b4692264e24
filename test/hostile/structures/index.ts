import type { ImageFormat } from '../../../lambda/images/formats/table.ts';
import type { Sample } from '../corpus/index.ts';
import type { Random } from '../random.ts';
import { avif } from './avif.ts';
import { type Field, maximumOf, readField, writeField } from './field.ts';
import { gif } from './gif.ts';
import { jpeg } from './jpeg.ts';
import { type Changed, rearrangeParts } from './parts.ts';
import { png } from './png.ts';
import type { Structure } from './structure.ts';
import { tiff } from './tiff.ts';
import { chooseValue, SHAPES } from './values.ts';
import { webp } from './webp.ts';

const STRUCTURES: Readonly<Partial<Record<ImageFormat, Structure>>> = { jpeg, png, webp, gif, avif, tiff };

/** For a format without a file here: no fields, and parts of 64 bytes. */
const UNKNOWN: Structure = {
  fields: () => [],
  rearrange: (file, random) =>
    rearrangeParts(
      file,
      Array.from({ length: Math.ceil(file.length / 64) }, (_, index) => {
        const start = index * 64;
        return { what: `the bytes from ${start}`, start, end: Math.min(start + 64, file.length) };
      }),
      random,
    ),
};

export const structureOf = (format: ImageFormat): Structure => STRUCTURES[format] ?? UNKNOWN;

/** Changes the value of one field. */
function setField(file: Buffer, fields: readonly Field[], random: Random): string {
  const field = random.of(fields);
  writeField(file, field, chooseValue(file, field, random, fields));
  return `${field.what} = ${readField(file, field)}`;
}

/** Swaps the values of two fields. */
function swapFields(file: Buffer, fields: readonly Field[], random: Random): string {
  const [first, second] = [random.of(fields), random.of(fields)];
  const [a, b] = [readField(file, first), readField(file, second)];
  writeField(file, first, b);
  writeField(file, second, a);
  return `${first.what} and ${second.what} swapped`;
}

/** Changes all sides in the file, or the sides at one position, to an extreme shape. */
function reshape(file: Buffer, fields: readonly Field[], random: Random): string {
  const widths = fields.filter(({ axis }) => axis === 'width');
  const heights = fields.filter(({ axis }) => axis === 'height');
  if (widths.length === 0 || heights.length === 0) return setField(file, fields, random);
  const [width, height] = random.of(SHAPES);
  const position = random.below(3) === 0 ? random.below(Math.min(widths.length, heights.length)) : undefined;
  const chosen = <Value>(all: readonly Value[]) =>
    all.filter((_, at) => position === undefined || at === position);
  // If a field cannot store the side, it gets its largest value.
  const set = (field: Field, side: number) =>
    writeField(file, field, Math.min(Math.max(0, side - (field.less ?? 0)), maximumOf(field)));
  for (const field of chosen(widths)) set(field, width);
  for (const field of chosen(heights)) set(field, height);
  return `${width} x ${height}${position === undefined ? '' : ` at position ${position}`}`;
}

/** Changes a structure one to three times. One mutant in eight keeps wrong checksums and lengths. */
export function mutateStructure(sample: Sample, random: Random): Changed {
  const { fields, rearrange, repair } = structureOf(sample.format);
  let file: Buffer = Buffer.from(sample.bytes);
  const done: string[] = [];
  for (let rounds = random.of([1, 1, 2, 3]); rounds > 0; rounds -= 1) {
    const kind = random.below(10);
    const all = kind < 3 ? [] : fields(file);
    if (all.length === 0) {
      const { bytes, did } = rearrange(file, random);
      file = Buffer.from(bytes);
      done.push(did);
    } else if (kind < 5) done.push(reshape(file, all, random));
    else if (kind < 6) done.push(swapFields(file, all, random));
    else done.push(setField(file, all, random));
  }
  if (random.below(8) > 0) repair?.(file);
  return { bytes: file, did: done.join(', then ') };
}
