import { type Field, record, within } from './field.ts';

/** Bytes of a value by its type, starting at 1 (TIFF 6.0, section 2; from 13 on BigTIFF and EXIF). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const MAX_DIRECTORIES = 8;
const MAX_ENTRIES = 100;

/** Valid values of tags, and some invalid ones: TIFF 6.0, its supplements, and additions of libtiff. */
const VALUES: Readonly<Record<number, readonly number[]>> = {
  254: [0, 1, 2, 4],
  258: [0, 1, 2, 4, 8, 12, 16, 24, 32, 64, 128],
  259: [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 32_766, 32_773, 32_809, 32_909, 32_946, 33_005, 34_676, 34_712, 34_887, 34_925,
    50_000, 50_001,
  ],
  262: [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 32_803, 32_844, 32_845],
  266: [1, 2],
  274: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  277: [0, 1, 2, 3, 4, 5, 8, 255, 65_535],
  284: [1, 2, 3],
  317: [1, 2, 3],
  338: [0, 1, 2],
  339: [1, 2, 3, 4, 5, 6],
};
const AXES: Readonly<Record<number, Field['axis']>> = {
  256: 'width',
  257: 'height',
  322: 'width',
  323: 'height',
};
const TAGS = [
  254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 292, 317, 320, 322, 323, 324, 325, 330,
];
const MORE_TAGS = [
  338, 339, 347, 512, 513, 514, 529, 530, 700, 33_723, 34_377, 34_675, 0x8769, 0x8825, 0xa005,
];
export const KNOWN_TAGS: readonly number[] = [...TAGS, ...MORE_TAGS];
/** Tags with offsets of directories: SubIFDs, EXIF, GPS and interoperability. */
const POINTERS = [330, 0x8769, 0x8825, 0xa005];

export interface Directory {
  readonly at: number;
  readonly entries: number;
  /** Where the offset of this directory is written. */
  readonly pointer: number;
}

export const isLittleEndian = (tiff: Buffer): boolean => tiff[0] === 0x49;

/** The chain of directories and all directories below them, each once. */
export function tiffDirectories(tiff: Buffer): readonly Directory[] {
  const little = isLittleEndian(tiff);
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const found = new Map<number, Directory>();
  const pointers = [4];
  for (const pointer of pointers) {
    if (pointer + 4 > tiff.length || found.size >= MAX_DIRECTORIES) continue;
    const at = u32(pointer);
    if (at < 8 || at + 2 > tiff.length || found.has(at)) continue;
    const entries = Math.min(u16(at), MAX_ENTRIES, Math.floor((tiff.length - at - 2) / 12));
    found.set(at, { at, entries, pointer });
    pointers.push(at + 2 + 12 * entries);
    for (let entry = at + 2; entry < at + 2 + 12 * entries; entry += 12) {
      if (!POINTERS.includes(u16(entry))) continue;
      pointers.push(u32(entry + 4) > 1 ? u32(entry + 8) : entry + 8);
    }
  }
  return [...found.values()];
}

/**
 * Every number of a TIFF structure, in a TIFF file or in EXIF.
 * @param base where the structure starts in the file
 */
export function tiffFields(tiff: Buffer, base = 0): readonly Field[] {
  if (tiff.length < 8) return [];
  const little = isLittleEndian(tiff);
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));

  function entryFields(at: number): readonly Field[] {
    const [tag, type, count] = [u16(at), u16(at + 2), u32(at + 4)];
    const size = TYPE_BYTES[type] ?? 0;
    const bytes = size === 1 || size === 2 ? size : 4;
    const known = VALUES[tag] ?? (POINTERS.includes(tag) ? [0, 8, u32(4)] : undefined);
    const meaning = {
      ...(known ? { values: known } : {}),
      ...(AXES[tag] ? { axis: AXES[tag] } : {}),
    } as const;
    const value: Field = { what: `tag ${tag}`, at: at + 8, bytes, littleEndian: little, ...meaning };
    // Values of more than four bytes are stored elsewhere. Takes the first three and the last of them.
    const outside: Field[] = [];
    if (size * count > 4 && count < 100_000)
      for (const index of [0, 1, 2, count - 1])
        outside.push({ ...value, what: `tag ${tag} [${index}]`, at: u32(at + 8) + index * size });
    return [
      ...record(at, little, [
        { what: `tag ${tag}, its number`, bytes: 2, values: KNOWN_TAGS },
        {
          what: `tag ${tag}, its type`,
          bytes: 2,
          values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 18, 19],
        },
        { what: `tag ${tag}, its count`, bytes: 4 },
      ]),
      outside.length > 0 ? { ...value, what: `tag ${tag}, its offset`, bytes: 4 } : value,
      ...outside,
    ];
  }

  const fields: Field[] = [
    { what: 'byte order', at: 0, bytes: 2, values: [0x4949, 0x4d4d] },
    { what: 'version', at: 2, bytes: 2, littleEndian: little, values: [42, 43] },
  ];
  for (const { at, entries, pointer } of tiffDirectories(tiff)) {
    fields.push(
      {
        what: 'offset of a directory',
        at: pointer,
        bytes: 4,
        littleEndian: little,
        values: [0, 8, at, u32(4)],
      },
      { what: 'entries of a directory', at, bytes: 2, littleEndian: little },
      {
        what: 'offset of the next',
        at: at + 2 + 12 * entries,
        bytes: 4,
        littleEndian: little,
        values: [0, 8, at],
      },
    );
    for (let entry = 0; entry < entries; entry += 1) fields.push(...entryFields(at + 2 + 12 * entry));
  }
  return within(tiff, fields).map((field) => ({ ...field, at: field.at + base }));
}
