import { beforeAll, expect, test } from 'vitest';
import type { Pixels } from '../../../lambda/images/decode.ts';
import { loadBundle, type ModelBundle } from '../../../lambda/model/bundle.ts';
import type { Manifest } from '../../../lambda/model/manifest.ts';
import { createSession, type ModelSession } from '../../../lambda/model/session.ts';
import { createImageTensor } from '../../../lambda/prediction/tensor/tensor.ts';
import { MODEL_DIR, readRepositoryFile, repositoryPath } from '../../support/model.ts';

const SIDE = 224;

/** The model before models/tools/blocks.py and ONNX Runtime changed its graph. */
const withFloatInput = ({ manifest, labels }: ModelBundle): ModelBundle => ({
  manifest: {
    ...manifest,
    optimised: undefined,
    input: { name: 'input', dtype: 'float32', layout: 'NCHW', shape: [null, 3, SIDE, SIDE] },
  },
  labels,
  graphPath: repositoryPath('models/resnet50/resnet50-int8.onnx'),
});

const photos = ['astronaut-jpg', 'cat-jpg', 'espresso-jpg', 'rocket-jpg'].map(
  (name): Pixels => ({ pixels: readRepositoryFile(`test/fixtures/parity/${name}.rgb`), channels: 3 }),
);

/** Every value of every channel beside many others, and large areas of black and white. */
const patterns = [1, 7, 64, 255].map((step): Pixels => {
  let state = step;
  const pixels = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, index) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return index < 3 * 256 ? Math.floor(index / 3) : Math.floor((state >>> 24) / step) * step;
  });
  return { pixels, channels: 3 };
});

const sessions: { manifest: Manifest; session: ModelSession }[] = [];

beforeAll(async () => {
  const bundle = await loadBundle(MODEL_DIR);
  for (const model of [bundle, withFloatInput(bundle)]) {
    sessions.push({ manifest: model.manifest, session: await createSession(model, { threads: 2 }) });
  }
});

test.each([
  ['photos one by one', photos.map((photo) => [photo])],
  ['photos together', [photos]],
  ['patterns one by one', patterns.map((pattern) => [pattern])],
  ['everything together', [[...patterns, ...photos]]],
])('the shipped graph gives the logits of the float32 input to the last bit: %s', async (_name, batches) => {
  for (const images of batches) {
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
    expect(new Set(shipped?.map((scores) => scores.join())).size).toBe(images.length);
  }
});
