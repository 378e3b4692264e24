import { av1Fields } from './av1-header.ts';
import { avifExtents, type Box } from './avif-boxes.ts';
import { type Field, record } from './field.ts';
import { tiffFields } from './tiff-fields.ts';

const MAX_FIELDS_OF_A_BOX = 40;
const fourCc = (type: string): number => Buffer.from(type, 'latin1').readUInt32BE();
const TYPES = [
  'meta',
  'iloc',
  'iprp',
  'ipco',
  'ipma',
  'ispe',
  'irot',
  'imir',
  'clap',
  'auxC',
  'free',
  'mdat',
].map(fourCc);
const ITEMS = ['av01', 'grid', 'iovl', 'iden', 'Exif', 'mime', 'hvc1', 'jpeg', 'unci'].map(fourCc);

type Records = Parameters<typeof record>[2];
const numbers = (what: string, bytes: 1 | 2 | 4, count: number): Records =>
  Array.from({ length: Math.max(0, Math.min(count, MAX_FIELDS_OF_A_BOX)) }, (_, at) => ({
    what: `${what} ${at}`,
    bytes,
  }));

const FULL_BOX = [
  { what: 'version and flags', bytes: 4, values: [0, 1, 2, 0x0100_0000, 0x0200_0000] },
] as const;

/** Properties and other boxes that start with a few numbers (ISO/IEC 23008-12, 6.5; 14496-12, 8.11). */
const DATA: Readonly<Record<string, Records>> = {
  ispe: [
    ...FULL_BOX,
    { what: 'ispe width', bytes: 4, axis: 'width' },
    { what: 'ispe height', bytes: 4, axis: 'height' },
  ],
  pixi: [
    ...FULL_BOX,
    { what: 'channels', bytes: 1, values: [0, 1, 3, 4, 255] },
    ...numbers('bits of channel', 1, 3),
  ],
  irot: [{ what: 'rotation', bytes: 1, values: [0, 1, 2, 3, 4, 255] }],
  imir: [{ what: 'mirror axis', bytes: 1, values: [0, 1, 2, 255] }],
  clap: numbers('clap', 4, 8),
  pasp: numbers('pasp', 4, 2),
  colr: [
    { what: 'colour type', bytes: 4, values: ['nclx', 'rICC', 'prof', 'nclc'].map(fourCc) },
    ...numbers('colour', 2, 3),
  ],
  av1C: numbers('av1C', 1, 4),
  pitm: [...FULL_BOX, { what: 'primary item', bytes: 2, values: [0, 1, 2, 3, 65_535] }],
  iinf: [...FULL_BOX, { what: 'items', bytes: 2 }],
  infe: [
    ...FULL_BOX,
    { what: 'item', bytes: 2, values: [0, 1, 2, 3] },
    { what: 'protection', bytes: 2 },
    { what: 'item type', bytes: 4, values: ITEMS },
  ],
  hdlr: [
    ...FULL_BOX,
    { what: 'predefined', bytes: 4 },
    { what: 'handler', bytes: 4, values: ['pict', 'vide'].map(fourCc) },
  ],
  ftyp: [
    { what: 'brand', bytes: 4, values: ['avif', 'avis', 'mif1', 'heic'].map(fourCc) },
    ...numbers('brand', 4, 4),
  ],
};

/** Boxes that are tables of numbers of this many bytes. */
const TABLES: Readonly<Record<string, 1 | 2 | 4>> = {
  ipma: 1,
  iloc: 2,
  iref: 2,
  dimg: 2,
  auxl: 2,
  cdsc: 2,
  tkhd: 4,
  mvhd: 4,
  mdhd: 4,
  stts: 4,
  stsc: 4,
  stsz: 4,
  stco: 4,
  elst: 4,
  stsd: 2,
  av01: 2,
};

export function boxFields(file: Buffer, { type, start, data, end }: Box): readonly Field[] {
  const table = TABLES[type];
  return [
    ...record(start, false, [
      { what: `${type} size`, bytes: 4, values: [0, 1, 7, 8] },
      { what: `${type} type`, bytes: 4, values: TYPES },
    ]),
    ...record(data, false, DATA[type] ?? []),
    ...(table ? record(data, false, numbers(type, table, (end - data) / table)) : []),
    ...(type === 'idat' ? gridFields(data) : []),
    ...(type === 'av1C' ? av1Fields(file, data + 4) : []),
  ];
}

/** A grid: the number of tiles and the size of the picture (ISO/IEC 23008-12, 6.6.2.3). */
const gridFields = (at: number): readonly Field[] =>
  record(at, false, [
    { what: 'grid version', bytes: 1 },
    { what: 'grid flags', bytes: 1, values: [0, 1] },
    { what: 'grid rows', bytes: 1, less: 1, values: [0, 1, 2, 15, 255] },
    { what: 'grid columns', bytes: 1, less: 1, values: [0, 1, 2, 15, 255] },
    { what: 'grid width', bytes: 2, axis: 'width' },
    { what: 'grid height', bytes: 2, axis: 'height' },
  ]);

/** EXIF starts with the offset of its TIFF header, and a grid with two zeros. AV1 data start with neither. */
function contentFields(file: Buffer, at: number): readonly Field[] {
  if (at + 16 > file.length || file.readUInt16BE(at) !== 0) return [];
  const tiff = at + 4 + file.readUInt32BE(at);
  if (tiff + 8 > file.length) return gridFields(at);
  return /^(II|MM)/.test(file.toString('latin1', tiff, tiff + 2))
    ? tiffFields(file.subarray(tiff), tiff)
    : gridFields(at);
}

/** Where items are, and the size in their data. */
export function itemFields(file: Buffer, box: Box): readonly Field[] {
  return avifExtents(file, box).flatMap(({ item, offsetAt, lengthAt, offset }): readonly Field[] => [
    {
      what: `offset of item ${item}`,
      at: offsetAt,
      bytes: 4,
      values: [0, 1, offset + 1, file.length - 1, file.length],
    },
    { what: `length of item ${item}`, at: lengthAt, bytes: 4 },
    ...av1Fields(file, offset),
    ...contentFields(file, offset),
  ]);
}
