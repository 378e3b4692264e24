import sharp from 'sharp';
import type { Pixels } from '../../lambda/images/decode.ts';
import type { ImageFormat } from '../../lambda/images/formats/table.ts';

/** A picture with a different known colour in each quarter, to check orientation and colours. */
export const QUARTERS = {
  topLeft: [220, 40, 40],
  topRight: [40, 200, 60],
  bottomLeft: [50, 60, 210],
  bottomRight: [230, 210, 50],
} as const;

/** Interleaved RGB of the four quarters. */
function quarters(width: number, height: number): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const row = y < height / 2 ? 'top' : 'bottom';
      const column = x < width / 2 ? 'Left' : 'Right';
      rgb.set(QUARTERS[`${row}${column}`], (y * width + x) * 3);
    }
  }
  return rgb;
}

export const quartersImage = (width = 320, height = 260) =>
  sharp(quarters(width, height), { raw: { width, height, channels: 3 } });

/** Encodes the picture in any format that the service accepts. */
export function encode(format: ImageFormat, width = 320, height = 260): Promise<Buffer> {
  const image = quartersImage(width, height);
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'avif':
      return image.avif({ quality: 90, effort: 0, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'webp':
      return image.webp({ quality: 95, effort: 0 }).toBuffer();
    default:
      return image.toFormat(format).toBuffer();
  }
}

/** The crop as interleaved RGB. */
export function rgbOf({ pixels, channels }: Pixels): Uint8Array {
  return pixels.filter((_, index) => index % channels < 3);
}

/** The RGB of the middle of each quarter of a square crop. */
export function sampleQuarters(rgb: Uint8Array, side: number): Record<keyof typeof QUARTERS, number[]> {
  const near = Math.round(side / 4);
  const far = Math.round((side * 3) / 4);
  const at = (x: number, y: number) => [...rgb.subarray((y * side + x) * 3, (y * side + x) * 3 + 3)];
  return {
    topLeft: at(near, near),
    topRight: at(far, near),
    bottomLeft: at(near, far),
    bottomRight: at(far, far),
  };
}
