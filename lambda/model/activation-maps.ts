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
 * @throws BundleError from the mapper, if the graph does not match the manifest.
 */
export function createActivationMapper(directory: string, maps: ActivationMaps): ActivationMapper {
  let loading: Promise<InferenceSession> | undefined;

  return async (features, classes) => {
    loading ??= load(directory, maps);
    const session = await loading;
    const [, ...featureShape] = maps.features.shape;
    const { [OUTPUT]: output } = await session.run({
      features: toTensor(features, [1, ...featureShape]),
      classes: new Tensor('int64', BigInt64Array.from(classes, BigInt), [classes.length]),
    });
    return rowsOf(output?.data as OutputValues, classes.length) as Float32Array[];
  };
}

const OUTPUT = 'maps';

async function load(directory: string, { file, rows, columns }: ActivationMaps): Promise<InferenceSession> {
  const session = await InferenceSession.create(join(directory, file), {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new BundleError(`${file}: ONNX Runtime cannot load it`, { cause });
  });
  const output = session.outputMetadata.find(({ name }) => name === OUTPUT);
  const shape = output?.isTensor ? output.shape.slice(1) : [];
  if (shape[0] !== rows || shape[1] !== columns) {
    throw new BundleError(
      `manifest.json: activationMaps: expected the rows and columns of the output ${OUTPUT} of ${file}, ` +
        `${JSON.stringify(shape)}, got ${JSON.stringify([rows, columns])}`,
    );
  }
  return session;
}
