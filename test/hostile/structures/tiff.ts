import { u16be, u16le, u32be, u32le } from '../bytes.ts';
import type { Random } from '../random.ts';
import { type Changed, copies } from './parts.ts';
import type { Structure } from './structure.ts';
import { isLittleEndian, KNOWN_TAGS, tiffDirectories, tiffFields } from './tiff-fields.ts';

/**
 * Reorders, repeats or removes entries of one directory. The new directory is written at the end of the file.
 */
function rearrange(file: Buffer, random: Random): Changed {
  const directories = file.length < 8 ? [] : tiffDirectories(file);
  if (directories.length === 0) return { bytes: file, did: 'nothing' };
  const { at, entries, pointer } = random.of(directories);
  const [u16, u32] = isLittleEndian(file) ? [u16le, u32le] : [u16be, u32be];
  const end = at + 2 + 12 * entries;
  let table = Array.from({ length: entries }, (_, entry) =>
    Buffer.from(file.subarray(at + 2 + 12 * entry, at + 14 + 12 * entry)),
  );
  let next = file.length >= end + 4 ? Buffer.from(file.subarray(end, end + 4)) : u32(0);
  let did: string;
  const any = random.below(Math.max(1, entries));
  switch (random.below(6)) {
    case 0:
      table.splice(any, 1);
      did = 'an entry left out';
      break;
    case 1:
      table.splice(random.below(entries + 1), 0, ...table.slice(any, any + 1));
      did = 'an entry twice';
      break;
    case 2:
      table.reverse();
      did = 'the entries in reverse';
      break;
    case 3: {
      const added = Array.from({ length: random.of([1, 1, 5, 100, 4000]) }, () =>
        Buffer.concat([
          u16(random.of(KNOWN_TAGS), 1 + random.below(13)),
          u32(
            random.of([0, 1, 2, 1000, 2 ** 30, 2 ** 32 - 1]),
            random.of([0, 1, 8, at, file.length, 2 ** 32 - 1]),
          ),
        ]),
      );
      table = [...table, ...added];
      did = `${added.length} entries more`;
      break;
    }
    case 4:
      next = u32(random.of([at, 8, file.length + (file.length % 2)]));
      did = 'a directory after this one';
      break;
    default: {
      const page = Buffer.concat([u16(entries), ...table]);
      const start = file.length + (file.length % 2);
      const pages = copies(Buffer.concat([page, u32(0)]), random.of([2, 10, 1000]));
      const size = page.length + 4;
      for (let index = 0; (index + 2) * size <= pages.length; index += 1)
        u32(start + (index + 1) * size).copy(pages, (index + 1) * size - 4);
      const bytes = Buffer.concat([file, Buffer.alloc(file.length % 2), pages]);
      u32(start).copy(bytes, pointer);
      return { bytes, did: `a page ${pages.length / size} times` };
    }
  }
  const directory = Buffer.concat([u16(table.length), ...table, next]);
  const bytes = Buffer.concat([file, Buffer.alloc(file.length % 2), directory]);
  u32(bytes.length - directory.length).copy(bytes, pointer);
  return { bytes, did };
}

export const tiff: Structure = { fields: (file) => tiffFields(file), rearrange };
