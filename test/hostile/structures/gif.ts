import type { Random } from '../random.ts';
import { type Field, record, within } from './field.ts';
import { type Changed, copies, type Part, rearrangeParts, replace } from './parts.ts';
import type { Structure } from './structure.ts';

interface Block extends Part {
  readonly kind: 'image' | 'extension';
  /** Where the sub-blocks of data start. */
  readonly data: number;
}

const paletteBytes = (packed: number): number => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

/**
 * The end of the sub-blocks that start here. Each follows its length; the last is empty (GIF89a, section 15).
 */
function afterSubBlocks(file: Buffer, start: number): number {
  let at = start;
  while (at < file.length && file[at] !== 0) at += 1 + (file[at] as number);
  return at + 1;
}

function gifBlocks(file: Buffer): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 13 + paletteBytes(file[10] ?? 0); at + 2 < file.length && blocks.length < 200; ) {
    const isImage = file[at] === 0x2c;
    if (!isImage && file[at] !== 0x21) break;
    const data = isImage ? at + 11 + paletteBytes(file[at + 9] ?? 0) : at + 2;
    const end = afterSubBlocks(file, data);
    if (end > file.length) break;
    blocks.push({
      what: isImage ? 'image' : `extension ${(file[at + 1] as number).toString(16)}`,
      kind: isImage ? 'image' : 'extension',
      start: at,
      data,
      end,
    });
    at = end;
  }
  return blocks;
}

/** The byte of a screen or an image that says whether a palette follows, and its size. */
const packedFields = (what: string, at: number): readonly Field[] => [
  { what: `${what} palette`, at, bytes: 1, bits: 1, shift: 7 },
  { what: `${what} interlace`, at, bytes: 1, bits: 1, shift: 6 },
  { what: `${what} colours`, at, bytes: 1, bits: 3 },
];

function blockFields({ kind, start, data }: Block): readonly Field[] {
  const first: Field = { what: 'bytes of a sub-block', at: data, bytes: 1 };
  if (kind === 'image')
    return [
      { what: 'introducer', at: start, bytes: 1, values: [0, 0x21, 0x2c, 0x3b] },
      ...record(start + 1, true, [
        { what: 'left', bytes: 2 },
        { what: 'top', bytes: 2 },
        { what: 'frame width', bytes: 2, axis: 'width' },
        { what: 'frame height', bytes: 2, axis: 'height' },
      ]),
      ...packedFields('frame', start + 9),
      { what: 'LZW code size', at: data - 1, bytes: 1, values: [0, 1, 2, 7, 8, 9, 11, 12, 13, 255] },
      first,
    ];
  return [
    { what: 'label', at: start + 1, bytes: 1, values: [0x01, 0xf9, 0xfe, 0xff] },
    first,
    { what: 'disposal and transparency', at: data + 1, bytes: 1 },
    { what: 'delay', at: data + 2, bytes: 2, littleEndian: true },
    { what: 'transparent colour', at: data + 4, bytes: 1 },
  ];
}

/** Replaces the pixels of an image with other codes, sub-blocks of one byte, or far more data. */
function recode(file: Buffer, blocks: readonly Block[], random: Random): Changed {
  const images = blocks.filter(({ kind }) => kind === 'image');
  if (images.length === 0) return { bytes: file, did: 'nothing' };
  const { data, end } = random.of(images);
  const [what, codes] = random.of<readonly [string, Buffer]>([
    ['no data', Buffer.from([0])],
    ['codes of ones', Buffer.concat([copies(Buffer.from([4, 255, 255, 255, 255]), 500), Buffer.from([0])])],
    ['clear codes only', Buffer.concat([copies(Buffer.from([1, 4]), 20_000), Buffer.from([0])])],
    [
      'codes of zeros',
      Buffer.concat([copies(Buffer.from([255, ...Buffer.alloc(255)]), 400), Buffer.from([0])]),
    ],
    ['data without an end', copies(Buffer.from([1, 0]), 1000)],
  ]);
  return { bytes: replace(file, data, end, codes), did: what };
}

export const gif: Structure = {
  fields: (file) =>
    within(file, [
      { what: 'version', at: 4, bytes: 1, values: [0x37, 0x38, 0x39] },
      ...record(6, true, [
        { what: 'screen width', bytes: 2, axis: 'width' },
        { what: 'screen height', bytes: 2, axis: 'height' },
      ]),
      ...packedFields('screen', 10),
      { what: 'background', at: 11, bytes: 1 },
      { what: 'aspect ratio', at: 12, bytes: 1 },
      ...gifBlocks(file).flatMap(blockFields),
    ]),
  rearrange(file, random) {
    const blocks = gifBlocks(file);
    return random.below(4) === 0 ? recode(file, blocks, random) : rearrangeParts(file, blocks, random);
  },
};
