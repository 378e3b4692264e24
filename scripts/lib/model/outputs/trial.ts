import type { ModelInput } from '../../../../lambda/model/manifest.ts';
import { InferenceSession, Tensor } from '../../../../lambda/model/onnxruntime.ts';
import { type ImageValues, toTensor } from '../../../../lambda/model/session.ts';
import type { TailRun } from './verify.ts';

/** The names of the outputs of a model that has a tail. */
export interface TailOutputs {
  readonly scores: string;
  readonly features: string;
  readonly embedding?: string;
}

export interface ModelRun extends Pick<TailRun, 'scores' | 'features' | 'embedding'> {
  /** The shapes of the outputs for the whole run. */
  readonly shapes: { readonly features: readonly number[]; readonly embedding: readonly number[] };
  /** How many images the model takes, as it declares it for the scores. Empty for any number without a name. */
  readonly batch: number | string;
}

/** Opens sessions that optimise nothing if the graph is optimised. */
const optionsFor = (isOptimised: boolean): InferenceSession.SessionOptions => ({
  graphOptimizationLevel: isOptimised ? 'disabled' : 'all',
  logSeverityLevel: 4,
});

/**
 * Runs a model on some images.
 *
 * @param images `count` of them, as many as the model takes.
 * @returns the values of the first image.
 * @throws Error of ONNX Runtime.
 */
export async function runModel(
  path: string,
  { input, outputs, isOptimised }: { input: ModelInput; outputs: TailOutputs; isOptimised: boolean },
  images: ImageValues,
  count: number,
): Promise<ModelRun> {
  const session = await InferenceSession.create(path, optionsFor(isOptimised));
  try {
    const [, ...sizes] = input.shape;
    const found = await session.run(
      { [input.name]: toTensor(images, [count, ...sizes]) },
      Object.values(outputs),
    );
    const first = <Values>(name = ''): Values => {
      const data = (found[name]?.data ?? new Float32Array()) as Float32Array;
      return data.subarray(0, data.length / count) as Values;
    };
    const shapeOf = (name = '') => found[name]?.dims ?? [];
    const declared = session.outputMetadata.find(({ name }) => name === outputs.scores);
    return {
      scores: first(outputs.scores),
      features: first(outputs.features),
      embedding: first(outputs.embedding),
      shapes: { features: shapeOf(outputs.features), embedding: shapeOf(outputs.embedding) },
      batch: (declared?.isTensor && declared.shape[0]) || '',
    };
  } finally {
    await session.release();
  }
}

/**
 * @param shape of the feature maps without the batch.
 * @returns the maps of these classes.
 * @throws Error of ONNX Runtime.
 */
export async function runMaps(
  path: string,
  features: TailRun['features'],
  shape: readonly number[],
  classes: readonly number[],
): Promise<{ readonly maps: Float32Array; readonly shape: readonly number[] }> {
  const session = await InferenceSession.create(path, optionsFor(false));
  try {
    const { maps } = await session.run({
      features: toTensor(features, [1, ...shape]),
      classes: new Tensor('int64', BigInt64Array.from(classes, BigInt), [classes.length]),
    });
    return { maps: maps?.data as Float32Array, shape: maps?.dims ?? [] };
  } finally {
    await session.release();
  }
}
