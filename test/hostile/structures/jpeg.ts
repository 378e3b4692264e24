import { jpegSegment } from '../bombs.ts';
import { u16be } from '../bytes.ts';
import type { Random } from '../random.ts';
import { within } from './field.ts';
import { dataFields, isFrame } from './jpeg-fields.ts';
import { type Changed, copies, type Part, rearrangeParts, replace } from './parts.ts';
import type { Structure } from './structure.ts';

/** Codings of a frame (ITU-T T.81, table B.1): baseline, extended, progressive, lossless, arithmetic. */
const FRAMES = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcd];
interface Segment extends Part {
  readonly marker: number;
}

/** All segments. A scan includes its data. */
function jpegSegments(file: Buffer): readonly Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff && segments.length < 300; ) {
    const marker = file[at + 1] as number;
    if (marker === 0xd9) break;
    let end = at + 2 + file.readUInt16BE(at + 2);
    if (marker === 0xda) {
      // In data 0xFF is followed by 0, and restart markers are part of the data.
      do end = file.indexOf(0xff, end + 1);
      while (end >= 0 && (file[end + 1] === 0 || ((file[end + 1] as number) & 0xf8) === 0xd0));
      if (end < 0) end = file.length;
    }
    if (end > file.length) break;
    segments.push({ what: `segment ${marker.toString(16)}`, marker, start: at, end });
    at = end;
  }
  return segments;
}

/** Inserts an optional segment anywhere, or repeats a scan. */
function add(file: Buffer, segments: readonly Segment[], random: Random): Changed {
  const scan = segments.find(({ marker }) => marker === 0xda);
  if (scan && random.below(2) === 0) {
    const count = random.of([1, 2, 10, 98, 99, 120]);
    const again = copies(Buffer.from(file.subarray(scan.start, scan.end)), count);
    return { bytes: replace(file, scan.end, scan.end, again), did: `a scan ${count} times more` };
  }
  const place = segments.length > 0 ? random.of(segments).start : 2;
  const [what, segment] = random.of<readonly [string, Buffer]>([
    ['DNL', jpegSegment(0xdc, u16be(random.of([0, 1, 64, 65_500])))],
    ['DRI', jpegSegment(0xdd, u16be(random.of([1, 2, 65_535])))],
    ['DAC', jpegSegment(0xcc, Buffer.from([0, random.below(256), 16, random.below(256)]))],
    ['EXP', jpegSegment(0xdf, Buffer.from([0x11]))],
    ['APP14', jpegSegment(0xee, Buffer.from([...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, random.below(4)]))],
    ['a long APP15', jpegSegment(0xef, Buffer.alloc(65_533))],
    ['fill bytes', Buffer.alloc(random.of([1, 1000, 100_000]), 0xff)],
  ]);
  return { bytes: replace(file, place, place, segment), did: `${what} added` };
}

export const jpeg: Structure = {
  fields: (file) =>
    within(
      file,
      jpegSegments(file).flatMap(({ marker, start, end }) => [
        {
          what: `marker ${marker.toString(16)}`,
          at: start + 1,
          bytes: 1,
          ...(isFrame(marker) ? { values: FRAMES } : {}),
        },
        { what: `length of ${marker.toString(16)}`, at: start + 2, bytes: 2 },
        ...dataFields(file, marker, start + 4, end),
      ]),
    ),
  rearrange(file, random) {
    const segments = jpegSegments(file);
    return random.below(3) === 0 ? add(file, segments, random) : rearrangeParts(file, segments, random);
  },
};
