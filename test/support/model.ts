import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ActivationMapper } from '../../lambda/model/activation-maps.ts';
import { type Classifier, createClassifier } from '../../lambda/model/classifier.ts';
import { type Label, type Manifest, manifestSchema } from '../../lambda/model/manifest.ts';
import type { ExtraOutput, ImageOutputs, ImageValues } from '../../lambda/model/session.ts';

const repository = new URL('../../', import.meta.url);

export const readRepositoryFile = (path: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(path, repository)));

export const repositoryPath = (path: string): string => fileURLToPath(new URL(path, repository));

export const MODEL_DIR = repositoryPath('models/resnet50');

export const labels = JSON.parse(
  readFileSync(new URL('models/resnet50/labels.json', repository), 'utf8'),
) as readonly Label[];

/** A manifest for tests that do not need the real model. */
export const manifest: Manifest = manifestSchema.parse({
  schema: 1,
  name: 'fake',
  version: '9.9.9',
  description: 'For tests.',
  file: 'fake.onnx',
  sha256: '0'.repeat(64),
  precision: 'int8',
  input: { name: 'input', dtype: 'float32', layout: 'NCHW', shape: [null, 3, 224, 224] },
  output: { name: 'logits', dtype: 'float32', shape: [null, 1000], kind: 'logits' },
  preprocessing: {
    resize: { shortSide: 256, interpolation: 'bilinear', antialias: true },
    crop: 224,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  labels: 'labels.json',
  licence: 'none',
  provenance: { source: 'a test', createdBy: 'a test' },
  accuracy: [],
});

export interface FakeRun {
  readonly images: ImageValues;
  readonly count: number;
  /** What is wanted besides the scores. */
  readonly extras: readonly ExtraOutput[];
}

/** What a fake model has besides scores. */
export interface FakeExtras {
  /** @param index of the image in the run. */
  readonly extrasOf?: (images: ImageValues, index: number) => Omit<ImageOutputs, 'scores'>;
  readonly activationMapper?: ActivationMapper;
}

/**
 * The real classifier around a session that takes no time. For every image, class 7 is the most probable,
 * followed by 6, 5 and so on.
 */
export function fakeClassifier(
  onRun: (run: FakeRun) => void | Promise<void> = () => {},
  changes: Partial<Manifest> = {},
  { extrasOf = () => ({}), activationMapper }: FakeExtras = {},
): Classifier {
  const scores = Float32Array.from({ length: 1000 }, (_, index) => (index <= 7 ? index + 4 : 0));
  return createClassifier(
    { manifest: { ...manifest, ...changes }, labels },
    {
      async run(images, count, extras = []) {
        await onRun({ images, count, extras });
        return Array.from({ length: count }, (_, index) => ({ scores, ...extrasOf(images, index) }));
      },
    },
    { threads: 1, activationMapper },
  );
}
