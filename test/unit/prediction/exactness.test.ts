import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pixels } from '../../../lambda/images/decode.ts';
import { loadBundle, type ModelBundle } from '../../../lambda/model/bundle.ts';
import type { Manifest } from '../../../lambda/model/manifest.ts';
import { createSession, type ModelSession } from '../../../lambda/model/session.ts';
import { createImageTensor } from '../../../lambda/prediction/tensor/tensor.ts';
import { repositoryPath } from '../../support/model.ts';

const PHOTOS = ['astronaut.jpg', 'cat.jpg', 'espresso.jpg', 'rocket.jpg'];

/** The model before models/tools/blocks.py and ONNX Runtime changed its graph, which then got more outputs. */
const withFloatInput = ({ manifest, labels }: ModelBundle): ModelBundle => {
  const { crop } = manifest.preprocessing;
  return {
    manifest: {
      ...manifest,
      optimised: undefined,
      embedding: undefined,
      activationMaps: undefined,
      input: { name: 'input', dtype: 'float32', layout: 'NCHW', shape: [null, 3, crop, crop] },
    },
    labels,
    graphPath: repositoryPath(`models/${manifest.name}/${manifest.weights?.file}`),
  };
};

async function photo(name: string, side: number): Promise<Pixels> {
  const pixels = await sharp(repositoryPath(`examples/${name}`))
    .resize(side, side)
    .raw()
    .toBuffer();
  return { pixels, channels: 3 };
}

/** Every value of every channel beside many others, and large areas of black and white. */
function pattern(step: number, side: number): Pixels {
  let state = step;
  const pixels = Uint8Array.from({ length: 3 * side * side }, (_, index) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return index < 3 * 256 ? Math.floor(index / 3) : Math.floor((state >>> 24) / step) * step;
  });
  return { pixels, channels: 3 };
}

describe.each(['resnet50', 'efficientnet-lite2'])('%s', (name) => {
  const sessions: { manifest: Manifest; session: ModelSession }[] = [];
  let photos: readonly Pixels[];
  let patterns: readonly Pixels[];

  beforeAll(async () => {
    const bundle = await loadBundle(repositoryPath(`models/${name}`));
    for (const model of [bundle, withFloatInput(bundle)]) {
      sessions.push({ manifest: model.manifest, session: await createSession(model, { threads: 2 }) });
    }
    const { crop } = bundle.manifest.preprocessing;
    photos = await Promise.all(PHOTOS.map((file) => photo(file, crop)));
    patterns = [1, 7, 64, 255].map((step) => pattern(step, crop));
  }, 120_000);

  test.each([
    ['photos one by one', () => photos.map((image) => [image])],
    ['photos together', () => [photos]],
    ['patterns one by one', () => patterns.map((image) => [image])],
    ['everything together', () => [[...patterns, ...photos]]],
  ])(
    'the shipped graph gives the logits of the float32 input to the last bit: %s',
    async (_name, batches) => {
      for (const images of batches()) {
        const [shipped, original] = await Promise.all(
          sessions.map(({ manifest, session }) => {
            const tensor = createImageTensor(manifest, images.length);
            images.forEach((image, position) => {
              tensor.write(image, position);
            });
            return session.run(tensor.first(images.length), images.length);
          }),
        );
        expect(shipped).toEqual(original);
        expect(new Set(shipped?.map(({ scores }) => scores.join())).size).toBe(images.length);
      }
    },
  );
});
