import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { pngChunk } from '../bombs.ts';
import { u32be } from '../bytes.ts';
import type { Random } from '../random.ts';
import { type Field, record, within } from './field.ts';
import { type Changed, type Part, rearrangeParts, replace } from './parts.ts';
import type { Structure } from './structure.ts';
import { tiffFields } from './tiff-fields.ts';

/** Chunks by type (W3C PNG specification, third edition, section 11), as numbers. */
const TYPES = [
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'iCCP',
  'sRGB',
  'gAMA',
  'cHRM',
  'bKGD',
  'eXIf',
  'zTXt',
  'acTL',
]
  .map((type) => Buffer.from(type, 'latin1'))
  .map((bytes) => bytes.readUInt32BE());

interface Chunk extends Part {
  readonly type: string;
  /** Where the data starts and ends. */
  readonly data: number;
  readonly dataEnd: number;
}

export function pngChunks(file: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= file.length && chunks.length < 200; ) {
    const dataEnd = at + 8 + file.readUInt32BE(at);
    if (dataEnd + 4 > file.length) break;
    const type = file.toString('latin1', at + 4, at + 8);
    chunks.push({ what: type, type, start: at, data: at + 8, dataEnd, end: dataEnd + 4 });
    at = dataEnd + 4;
  }
  return chunks;
}

const HEADER = [
  { what: 'width', bytes: 4, axis: 'width' },
  { what: 'height', bytes: 4, axis: 'height' },
  { what: 'bit depth', bytes: 1, values: [0, 1, 2, 3, 4, 8, 16, 32] },
  { what: 'colour type', bytes: 1, values: [0, 1, 2, 3, 4, 5, 6, 7] },
  { what: 'compression', bytes: 1, values: [0, 1] },
  { what: 'filter', bytes: 1, values: [0, 1, 64] },
  { what: 'interlace', bytes: 1, values: [0, 1, 2] },
] as const;

/** Numbers at the start of the data of other chunks. */
const DATA: Readonly<Record<string, Parameters<typeof record>[2]>> = {
  tRNS: [{ what: 'tRNS', bytes: 2 }],
  gAMA: [{ what: 'gAMA', bytes: 4 }],
  sRGB: [{ what: 'sRGB intent', bytes: 1 }],
  pHYs: [
    { what: 'pHYs x', bytes: 4 },
    { what: 'pHYs y', bytes: 4 },
    { what: 'pHYs unit', bytes: 1, values: [0, 1, 2] },
  ],
  acTL: [
    { what: 'acTL frames', bytes: 4 },
    { what: 'acTL plays', bytes: 4 },
  ],
  fcTL: [
    { what: 'fcTL sequence', bytes: 4 },
    { what: 'fcTL width', bytes: 4, axis: 'width' },
    { what: 'fcTL height', bytes: 4, axis: 'height' },
    { what: 'fcTL x', bytes: 4 },
    { what: 'fcTL y', bytes: 4 },
  ],
  IDAT: [{ what: 'zlib header', bytes: 2, values: [0x7801, 0x789c, 0x78da, 0x0801, 0x7820, 0x78bb] }],
};

function fieldsOf(file: Buffer, { type, start, data, dataEnd }: Chunk): readonly Field[] {
  const frame = record(start, false, [
    { what: `${type} length`, bytes: 4 },
    { what: `${type} type`, bytes: 4, values: TYPES },
  ]);
  if (type === 'IHDR') return [...frame, ...record(data, false, HEADER)];
  if (type === 'eXIf') return [...frame, ...tiffFields(file.subarray(data, dataEnd), data)];
  // The compression method follows a keyword and a NUL.
  const end = file.indexOf(0, data);
  if (/^(iCCP|zTXt|iTXt)$/.test(type) && end >= 0)
    return [...frame, { what: `${type} method`, at: end + 1, bytes: 1 }];
  return [...frame, ...record(data, false, DATA[type] ?? [])];
}

/** Deflates the pixels again with some changed, removed or added. Makes text and profiles inflate to more. */
function deflateAgain(file: Buffer, chunks: readonly Chunk[], random: Random): Changed {
  const idat = chunks.find(({ type }) => type === 'IDAT');
  if (!idat || random.below(3) === 0) {
    const type = random.of(['zTXt', 'iCCP', 'iTXt', 'eXIf', 'tEXt', 'IDAT', 'PLTE', 'tRNS']);
    const inflated = random.of([0, 100, 100_000, 8_000_000]);
    const head = Buffer.from(random.of(['k\0\0', 'k\0\u0001\0\0\0', '']), 'latin1');
    const chunk = pngChunk(type, Buffer.concat([head, deflateSync(Buffer.alloc(inflated), { level: 1 })]));
    return { bytes: replace(file, 33, 33, chunk), did: `${type} added that inflates to ${inflated}` };
  }
  let pixels: Buffer;
  try {
    pixels = inflateSync(file.subarray(idat.data, idat.dataEnd));
  } catch {
    return { bytes: file, did: 'nothing' };
  }
  const filters = Math.max(1, Math.floor(pixels.length / 64));
  for (let at = 0; at < pixels.length; at += filters) if (random.below(4) === 0) pixels[at] = random.below(8);
  const size = random.of([pixels.length, pixels.length, 0, 1, pixels.length >> 1, pixels.length + 1_000_000]);
  const changed = Buffer.concat([pixels, Buffer.alloc(Math.max(0, size - pixels.length))]).subarray(0, size);
  return {
    bytes: replace(file, idat.start, idat.end, pngChunk('IDAT', deflateSync(changed, { level: 1 }))),
    did: `${size} bytes of pixels for ${pixels.length}`,
  };
}

export const png: Structure = {
  fields: (file) =>
    within(
      file,
      pngChunks(file).flatMap((chunk) => fieldsOf(file, chunk)),
    ),
  rearrange(file, random) {
    const chunks = pngChunks(file);
    return random.below(3) === 0 ? deflateAgain(file, chunks, random) : rearrangeParts(file, chunks, random);
  },
  repair(file) {
    for (const { start, dataEnd } of pngChunks(file))
      u32be(crc32(file.subarray(start + 4, dataEnd))).copy(file, dataEnd);
  },
};
