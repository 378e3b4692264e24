import sharp from 'sharp';
import { png } from '../../hostile/bombs.ts';
import { readRepositoryFile } from '../../support/model.ts';

const ORIGINALS = ['cat.jpg', 'rocket.jpg', 'espresso.webp'];
const SIDE = 180;

export interface TestPhoto {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What its result says, or undefined for a prediction. */
  readonly code: string | undefined;
}

/** Small photos, no two alike. */
export async function makePhotos(count: number): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const small = await Promise.all(
    ORIGINALS.map((name) =>
      sharp(readRepositoryFile(`examples/${name}`))
        .resize(SIDE, SIDE)
        .toBuffer(),
    ),
  );
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const original = sharp(small[index % small.length]);
      const photo = original.modulate({ hue: index % 360, brightness: 1 + (index % 7) / 20 });
      return Uint8Array.from(
        await photo
          .flip(index % 2 === 1)
          .jpeg()
          .toBuffer(),
      );
    }),
  );
}

/** Photos of which one in 50 is hostile. */
export async function makePhotosWithHostileOnes(count: number): Promise<readonly TestPhoto[]> {
  const photos = await makePhotos(count);
  const [first = new Uint8Array()] = photos;
  const hostile: readonly TestPhoto[] = [
    { bytes: first.slice(0, first.length / 3), code: 'invalid_image' },
    {
      bytes: Uint8Array.from(Buffer.from('This is not a photo.\n'.repeat(50))),
      code: 'unsupported_media_type',
    },
    { bytes: Uint8Array.from(png(40_000, 40_000, { deflated: Buffer.alloc(100) })), code: 'too_many_pixels' },
    { bytes: Uint8Array.from(Buffer.alloc(4096, 0xff)), code: 'unsupported_media_type' },
  ];
  return photos.map((bytes, index) =>
    index % 50 === 27
      ? (hostile[((index - 27) / 50) % hostile.length] as TestPhoto)
      : { bytes, code: undefined },
  );
}
