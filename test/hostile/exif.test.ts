import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpegSegment, png, pngChunk, riffChunk, withSegments } from './bombs.ts';
import { latin1, u16le, u32le } from './bytes.ts';
import { expectRefused, type HostileService, raw, startHostileService } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
});
afterAll(async () => {
  await service.stop();
});

const EXIF = latin1('Exif\0\0');
const POINTER_TO_ITSELF = Buffer.concat([u16le(0x8769, 4), u32le(1), u32le(8)]);

/** A directory in which every entry points to the directory itself: 60 KB that take a library 11 s. */
function knot(entries: number): Buffer {
  const directory = Array.from({ length: entries }, () => POINTER_TO_ITSELF);
  return Buffer.concat([latin1('II*\0'), u32le(8), u16le(entries), ...directory, u32le(0)]);
}

const red = () => sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } });

async function webpWithExif(exif: Buffer): Promise<Buffer> {
  const canvas = Buffer.from([8, 0, 0, 0, 63, 0, 0, 63, 0, 0]);
  const picture = (await red().webp().toBuffer()).subarray(12);
  const parts = [riffChunk('VP8X', canvas), picture, riffChunk('EXIF', exif)];
  return riffChunk('RIFF', Buffer.concat([latin1('WEBP'), ...parts]));
}

/** An Adobe segment leaves the file to libvips instead of the decoder of plain files. */
const adobe = jpegSegment(0xee, latin1('Adobe\0d\0\0\0\0\u0001'));

const makers: Readonly<Record<string, (exif: Buffer) => Promise<Buffer>>> = {
  jpeg: async (exif) =>
    withSegments(await red().jpeg().toBuffer(), adobe, jpegSegment(0xe1, Buffer.concat([EXIF, exif]))),
  png: async (exif) => png(64, 64, { chunks: [pngChunk('eXIf', exif)] }),
  webp: (exif) => webpWithExif(Buffer.concat([EXIF, exif])),
};

test.each(Object.entries(makers))(
  '%s: EXIF with directories that point to each other is refused',
  async (_format, make) => {
    expect(await service.post('/predict', raw(await make(knot(1))))).toMatchObject({ status: 200 });
    const before = (await service.stats()).cpuMs;
    expectRefused(await service.post('/predict', raw(await make(knot(5000)))), 'invalid_image');
    expect((await service.stats()).cpuMs - before, 'CPU time in ms').toBeLessThan(1000);
  },
);
