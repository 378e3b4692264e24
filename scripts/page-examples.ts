import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Region } from 'sharp';
import { runCommand } from './lib/command/command.ts';
import { example, REPOSITORY } from './lib/paths.ts';

const OUT = join(REPOSITORY, 'lambda/http/page/examples');

/** In the order of lambda/http/page/app/examples.js, with the part of the photo that is shown. */
const PHOTOS: readonly { readonly name: string; readonly part?: Region }[] = [
  { name: 'cat.jpg' },
  { name: 'photographer.jpg' },
  { name: 'alps.jpg' },
  { name: 'rocket.jpg', part: { left: 195, top: 76, width: 256, height: 217 } },
  { name: 'astronaut.jpg' },
];

/** Pixels of the longer side. Models take 224 to 260, and the page shows a photo not much larger than this. */
const LONG_SIDE = 480;
const JPEG = { quality: 76, mozjpeg: true } as const;

/** Pixels of a side of a thumbnail: twice as many as the page shows, for screens with small pixels. */
const THUMBNAIL = 128;

await runCommand(
  {
    name: 'npm run page:examples --',
    summary:
      'Makes the example photos of the main page, and their thumbnails in one picture, from examples/.',
    examples: [''],
    activity: 'Making the photos',
  },
  async () => {
    const thumbnails = [];
    for (const { name, part } of PHOTOS) {
      const photo = sharp(example(name));
      if (part) photo.extract(part);
      const small = await photo
        .resize(LONG_SIDE, LONG_SIDE, { fit: 'inside', withoutEnlargement: true })
        .jpeg(JPEG)
        .toBuffer();
      await writeFile(join(OUT, name), small);
      thumbnails.push(await sharp(small).resize(THUMBNAIL, THUMBNAIL).toColourspace('srgb').png().toBuffer());
    }
    const strip = {
      width: THUMBNAIL * PHOTOS.length,
      height: THUMBNAIL,
      channels: 3,
      background: '#fff',
    } as const;
    await sharp({ create: strip })
      .composite(thumbnails.map((input, index) => ({ input, left: index * THUMBNAIL, top: 0 })))
      .jpeg(JPEG)
      .toFile(join(OUT, 'thumbnails.jpg'));
    return 0;
  },
);
