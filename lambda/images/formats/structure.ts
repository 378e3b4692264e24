import type { ImageFormat } from './format.ts';
import { countJpegParts } from './jpeg/parts.ts';
import { MAX_PARTS, type Parts, requireAtMost, viewOf } from './parts.ts';
import { countPngParts } from './png/parts.ts';

const COUNTERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Parts>> = {
  jpeg: countJpegParts,
  png: countPngParts,
  webp: countWebpChunks,
  gif: countGifFrames,
  tiff: countTiffPages,
  // Its boxes are read by avif-header.ts; libheif keeps a copy of the data of each item.
  avif: (bytes) => ({ count: 1, metadataBytes: bytes.byteLength }),
};

/**
 * Refuses files made to keep a decoder busy. Takes no position on whether the rest of the file is sound.
 *
 * @throws ServiceError `invalid_image`
 */
export function requireFewParts(bytes: Uint8Array, format: ImageFormat): Parts {
  return COUNTERS[format](bytes);
}

/** RIFF chunks, of which every frame of an animation is one. */
function countWebpChunks(bytes: Uint8Array): Parts {
  const view = viewOf(bytes);
  let count = 0;
  for (let at = 12; at + 8 <= bytes.byteLength; ) {
    count += 1;
    requireAtMost(MAX_PARTS.webpChunks, count, 'chunks');
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  // Any of it may be a profile or a text, which are copied.
  return { count, metadataBytes: 2 * bytes.byteLength };
}

const GIF_IMAGE = 0x2c;
const GIF_EXTENSION = 0x21;
const colourTableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Image descriptors (GIF89a, 20), of which libnsgif keeps a table. */
function countGifFrames(bytes: Uint8Array): Parts {
  let count = 0;
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  for (;;) {
    const block = bytes[at];
    if (block === GIF_IMAGE) {
      count += 1;
      requireAtMost(MAX_PARTS.gifFrames, count, 'frames');
      // The descriptor, its colours and the code size.
      at += 11 + colourTableBytes(bytes[at + 9] ?? 0);
    } else if (block === GIF_EXTENSION) at += 2;
    else return { count, metadataBytes: 100 * count };
    // Sub-blocks, each after its length; the last is empty.
    for (let size = bytes[at]; size; size = bytes[at]) at += 1 + size;
    at += 1;
  }
}

/** The chain of directories, each of which is a page (TIFF 6.0, section 2); one that goes round never ends. */
function countTiffPages(bytes: Uint8Array): Parts {
  const view = viewOf(bytes);
  const littleEndian = bytes[0] === 0x49;
  let count = 0;
  for (let at = 4; at + 4 <= bytes.byteLength; ) {
    const directory = view.getUint32(at, littleEndian);
    if (directory === 0 || directory + 2 > bytes.byteLength) break;
    count += 1;
    requireAtMost(MAX_PARTS.tiffPages, count, 'pages');
    at = directory + 2 + 12 * view.getUint16(directory, littleEndian);
  }
  // Tables of strips, texts and profiles may be all of the file, and are read and copied.
  return { count, metadataBytes: 2 * bytes.byteLength };
}
