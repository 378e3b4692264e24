import type { Classifier } from '../../lambda/model/classifier.ts';
import type { Manifest } from '../../lambda/model/manifest.ts';
import type { ImageValues } from '../../lambda/model/session.ts';
import { type FakeRun, fakeClassifier } from './model.ts';

const PIXELS = 3 * 224 * 224;
export const EMBEDDING_VALUES = 6;
export const MAP_SIDE = 7;

const withFeatures: Partial<Manifest> = {
  embedding: { name: 'embedding', dtype: 'float32', shape: [null, EMBEDDING_VALUES] },
  activationMaps: {
    features: { name: 'features', dtype: 'float32', shape: [null, 1, 1, 1] },
    file: 'maps.onnx',
    sha256: '1'.repeat(64),
    rows: MAP_SIDE,
    columns: MAP_SIDE,
  },
};

/** The first value of an image, which tells the images of a test apart. */
const first = (images: ImageValues, index: number): number => images[index * PIXELS] as number;

/** The embedding that the fake model makes of an image. @param value the first of the normalised image. */
export const fakeEmbedding = (value: number): readonly number[] => [value, 0, 0.1, -2.5, 1e-7, 3];

/** The map that the fake model makes of a class: rows from the top. @param value as above. */
export const fakeMap = (value: number, index: number): readonly (readonly number[])[] =>
  Array.from({ length: MAP_SIDE }, (_, row) =>
    Array.from({ length: MAP_SIDE }, (_, column) => value + index + row / 3 - column / 7),
  );

/** As {@link fakeClassifier}, with an embedding and activation maps. */
export const featureClassifier = (
  onRun: (run: FakeRun) => void | Promise<void> = () => {},
  changes: Partial<Manifest> = {},
): Classifier =>
  fakeClassifier(
    onRun,
    { ...withFeatures, ...changes },
    {
      extrasOf: (images, index) => ({
        embedding: Float32Array.from(fakeEmbedding(first(images, index))),
        features: Float32Array.of(first(images, index)),
      }),
      activationMapper: async ([value = Number.NaN], classes) =>
        classes.map((index) => Float32Array.from(fakeMap(value, index).flat())),
    },
  );
