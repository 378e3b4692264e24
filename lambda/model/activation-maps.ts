import { join } from 'node:path';
import { BundleError } from './bundle.ts';
import type { ActivationMaps } from './manifest.ts';
import { InferenceSession, Tensor } from './onnxruntime.ts';
import { type OutputValues, rowsOf } from './output-values.ts';
import { toTensor } from './session.ts';

/**
 * Makes the class activation maps of one image: where in the picture the model sees a class. The mean of a map plus
 * the class's bias is its logit. Source: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization".
 *
 * @param features of the image, as the model returned them.
 * @param classes positions in the model's output.
 * @returns for each class, rows x columns values from the top left.
 */
export type ActivationMapper = (
  features: OutputValues,
  classes: readonly number[],
) => Promise<readonly Float32Array[]>;

/**
 * Loads the graph when it is needed first: most services never explain a prediction.
 *
 * @param directory the folder of the bundle.
 * @throws BundleError from the mapper, if the graph does not match the manifest; RangeError for maps of another shape
 *   or with values that JSON cannot hold.
 */
export function createActivationMapper(directory: string, maps: ActivationMaps): ActivationMapper {
  let loading: Promise<InferenceSession> | undefined;

  return async (features, classes) => {
    loading ??= load(directory, maps).catch((error: unknown) => {
      // The next explanation tries again: memory may have been scarce for a moment.
      loading = undefined;
      throw error;
    });
    const session = await loading;
    const { maps: output } = await session.run({
      features: toTensor(features, featureShape(maps)),
      classes: new Tensor('int64', BigInt64Array.from(classes, BigInt), [classes.length]),
    });
    requireShape(maps, output?.dims, classes.length);
    const values = output?.data as Float32Array;
    if (!values.every(Number.isFinite)) {
      throw new RangeError(`Expected finite values from ${maps.file}, got NaN or Infinity`);
    }
    return rowsOf(values, classes.length) as Float32Array[];
  };
}

/** The graph may declare one shape and return another. */
function requireShape(
  { file, rows, columns }: ActivationMaps,
  shape: readonly number[] | undefined,
  count: number,
): void {
  if (shape?.join() === [count, rows, columns].join()) return;
  throw new RangeError(
    `Expected ${count} x ${rows} x ${columns} values from ${file}, got ${shape?.join(' x ')}`,
  );
}

/** Of one image. */
const featureShape = ({ features }: ActivationMaps): number[] => [1, ...features.shape.slice(1).map(Number)];

async function load(directory: string, maps: ActivationMaps): Promise<InferenceSession> {
  const { file, features, rows, columns } = maps;
  const session = await InferenceSession.create(join(directory, file), {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new BundleError(
      `${file}: ONNX Runtime cannot load it; see docs/troubleshooting.md#onnx-runtime-cannot-load-the-model`,
      { cause },
    );
  });
  const { inputMetadata: inputs, outputMetadata: outputs } = session;
  requireTensor(file, inputs, { name: 'features', dtype: features.dtype, shape: featureShape(maps) });
  requireTensor(file, inputs, { name: 'classes', dtype: 'int64', shape: ['any'] });
  requireTensor(file, outputs, { name: 'maps', dtype: 'float32', shape: ['any', rows, columns] });
  return session;
}

function requireTensor(
  file: string,
  metadata: readonly InferenceSession.ValueMetadata[],
  {
    name,
    dtype,
    shape,
  }: { readonly name: string; readonly dtype: string; readonly shape: readonly unknown[] },
): void {
  const found = metadata.find((candidate) => candidate.name === name);
  const expected = `${dtype} [${shape.join(', ')}]`;
  // A dimension with a name instead of a number accepts any size.
  const sizes = found?.isTensor && found.shape.map((size) => (typeof size === 'number' ? size : 'any'));
  const actual = sizes ? `${found.type} [${sizes.join(', ')}]` : 'none';
  if (actual === expected) return;
  throw new BundleError(
    `manifest.json: activationMaps: expected ${file} to have ${name}, ${expected}, got ${actual}`,
  );
}
