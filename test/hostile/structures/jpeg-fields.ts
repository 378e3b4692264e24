import { type Field, record } from './field.ts';
import { tiffFields } from './tiff-fields.ts';

const SAMPLING = [0, 1, 2, 3, 4, 5, 15];

/** SOF0 to SOF15, without DHT, JPG and DAC in the same range. */
export const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const nibbles = (what: string, at: number, values: readonly number[]): readonly Field[] => [
  { what: `${what}, high`, at, bytes: 1, bits: 4, shift: 4, values },
  { what: `${what}, low`, at, bytes: 1, bits: 4, values },
];

function frameFields(file: Buffer, at: number): readonly Field[] {
  const components = Math.min(file[at + 5] ?? 0, 4);
  return [
    ...record(at, false, [
      { what: 'precision', bytes: 1, values: [0, 1, 8, 12, 16] },
      { what: 'height', bytes: 2, axis: 'height' },
      { what: 'width', bytes: 2, axis: 'width' },
      { what: 'components', bytes: 1, values: [0, 1, 2, 3, 4, 5, 10, 255] },
    ]),
    ...Array.from({ length: components }, (_, index) => at + 6 + 3 * index).flatMap((component) => [
      { what: 'component', at: component, bytes: 1 as const, values: [0, 1, 2, 3, 4, 0x52, 0x47, 0x42] },
      ...nibbles('sampling', component + 1, SAMPLING),
      { what: 'its quantisation table', at: component + 2, bytes: 1 as const, values: [0, 1, 3, 4] },
    ]),
  ];
}

function scanFields(file: Buffer, at: number): readonly Field[] {
  const components = Math.min(file[at] ?? 0, 4);
  return [
    { what: 'components of a scan', at, bytes: 1, values: [0, 1, 2, 3, 4, 5] },
    ...Array.from({ length: components }, (_, index) => at + 1 + 2 * index).flatMap((component) => [
      { what: 'component of a scan', at: component, bytes: 1 as const, values: [0, 1, 2, 3] },
      ...nibbles('tables of a scan', component + 1, [0, 1, 2, 3, 4]),
    ]),
    { what: 'first coefficient', at: at + 1 + 2 * components, bytes: 1, values: [0, 1, 6, 63, 64] },
    { what: 'last coefficient', at: at + 2 + 2 * components, bytes: 1, values: [0, 1, 5, 63, 64] },
    ...nibbles('approximation', at + 3 + 2 * components, [0, 1, 2, 13, 14]),
  ];
}

/** Fields of the data after a marker and its length. */
export function dataFields(file: Buffer, marker: number, at: number, end: number): readonly Field[] {
  if (isFrame(marker)) return frameFields(file, at);
  const text = file.toString('latin1', at, Math.min(at + 6, end));
  switch (marker) {
    case 0xc4:
      return [
        ...nibbles('Huffman table', at, [0, 1, 2, 3, 4]),
        ...Array.from({ length: 16 }, (_, index) => ({
          what: `codes of ${index + 1} bits`,
          at: at + 1 + index,
          bytes: 1 as const,
        })),
      ];
    case 0xdb:
      return [
        ...nibbles('quantisation table', at, [0, 1, 3, 4]),
        { what: 'a quantiser', at: at + 1, bytes: 1 },
      ];
    case 0xdd:
      return [{ what: 'restart interval', at, bytes: 2, values: [0, 1, 2, 7, 65_535] }];
    case 0xda:
      return scanFields(file, at);
    case 0xe0:
      return record(at + 7, false, [
        { what: 'density unit', bytes: 1, values: [0, 1, 2, 3] },
        { what: 'density x', bytes: 2 },
        { what: 'density y', bytes: 2 },
        { what: 'thumbnail width', bytes: 1 },
        { what: 'thumbnail height', bytes: 1 },
      ]);
    case 0xe1:
      return text === 'Exif\0\0' ? tiffFields(file.subarray(at + 6, end), at + 6) : [];
    case 0xe2:
      return record(at + 12, false, [
        { what: 'profile chunk', bytes: 1, values: [0, 1, 2, 255] },
        { what: 'profile chunks', bytes: 1, values: [0, 1, 2, 255] },
        { what: 'profile bytes', bytes: 4 },
      ]);
    case 0xee:
      return [{ what: 'Adobe transform', at: at + 11, bytes: 1, values: [0, 1, 2, 3] }];
    default:
      return [];
  }
}
