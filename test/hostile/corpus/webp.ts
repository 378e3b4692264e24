import { riffChunk } from '../bombs.ts';
import { latin1 } from '../bytes.ts';
import { frames, picture, rgb, rgba, turned, type Variants } from './picture.ts';

const u24 = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16]);

/** The chunks with the picture of a still WebP: ALPH, VP8 or VP8L. */
function pictureChunks(webp: Buffer): Buffer {
  const found: Buffer[] = [];
  for (let at = 12; at + 8 <= webp.length; ) {
    const size = webp.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (/^(ALPH|VP8 |VP8L)$/.test(webp.toString('latin1', at, at + 4))) found.push(webp.subarray(at, end));
    at = end;
  }
  return Buffer.concat(found);
}

function animationFrame(webp: Buffer, x: number, y: number, width: number, height: number): Buffer {
  const place = [u24(x / 2), u24(y / 2), u24(width - 1), u24(height - 1), u24(100), Buffer.from([2])];
  return riffChunk('ANMF', Buffer.concat([...place, pictureChunks(webp)]));
}

/** Lossy, lossless and transparent frames of three sizes in one animation, with EXIF and XMP after them. */
async function mixedFrames(): Promise<Buffer> {
  const [lossy, lossless, alpha] = await Promise.all([
    picture(64, 48).webp({ effort: 0 }).toBuffer(),
    picture(32, 20).webp({ effort: 0, lossless: true }).toBuffer(),
    picture(24, 24, 4).webp({ effort: 0 }).toBuffer(),
  ]);
  // Alpha 0x10, EXIF 0x08, XMP 0x04, animation 0x02.
  const canvas = Buffer.concat([Buffer.from([0x1e, 0, 0, 0]), u24(63), u24(47)]);
  return riffChunk(
    'RIFF',
    Buffer.concat([
      latin1('WEBP'),
      riffChunk('VP8X', canvas),
      riffChunk('ANIM', Buffer.from([0, 0, 0, 255, 0, 0])),
      animationFrame(lossy, 0, 0, 64, 48),
      animationFrame(lossless, 8, 6, 32, 20),
      animationFrame(alpha, 40, 24, 24, 24),
      riffChunk('EXIF', Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
      riffChunk('XMP ', latin1('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')),
    ]),
  );
}

export function webps(): Variants {
  return {
    'webp lossy': rgb().webp({ effort: 0 }).toBuffer(),
    'webp lossless': rgb().webp({ lossless: true, effort: 0 }).toBuffer(),
    'webp lossless of few colours': rgb().threshold(128).webp({ lossless: true, effort: 0 }).toBuffer(),
    'webp lossless with alpha': rgba().webp({ lossless: true, effort: 0 }).toBuffer(),
    'webp lossy with alpha': rgba().webp({ effort: 0 }).toBuffer(),
    'webp lossy with a coarse alpha': rgba().webp({ effort: 0, alphaQuality: 10 }).toBuffer(),
    'webp with a profile': rgb().withIccProfile('p3').webp({ effort: 0 }).toBuffer(),
    'webp animated': frames().webp({ effort: 0 }).toBuffer(),
    'webp animated, lossless': frames().webp({ effort: 0, lossless: true, loop: 2 }).toBuffer(),
    'webp animated with mixed frames': mixedFrames(),
    ...turned('webp', (image) => image.webp({ effort: 0 })),
  };
}
