import { BundleError, type ModelBundle } from './bundle.ts';
import type { ModelInput } from './manifest.ts';
import { env, InferenceSession, Tensor } from './onnxruntime.ts';
import { type OutputValues, realValues, rowsOf } from './output-values.ts';

export const ONNXRUNTIME_VERSION = env.versions.node ?? env.versions.common;

/** Images in the type and layout of the manifest's `input`: Float32Array for float32, Uint8Array for uint8. */
export type ImageValues = Float32Array | Uint8Array;

/** @returns zeros for `count` images, in the type that the model takes. */
export function emptyImages({ dtype, shape }: ModelInput, count: number): ImageValues {
  const [, ...sizes] = shape;
  const length = count * sizes.reduce((product, size) => product * size);
  return dtype === 'float32' ? new Float32Array(length) : new Uint8Array(length);
}

/** What a run returns besides the scores, if the bundle has it. */
export type ExtraOutput = 'embedding' | 'features';

/** What the model makes of one image. */
export interface ImageOutputs {
  /** One value for each class. */
  readonly scores: Float32Array;
  /** The input of the classifier. Undefined unless it was asked for. */
  readonly embedding?: Float32Array | undefined;
  /** Feature maps, as the graph of the activation maps takes them. Undefined unless they were asked for. */
  readonly features?: OutputValues | undefined;
}

/** A warm model. */
export interface ModelSession {
  /**
   * @param images as many as {@link emptyImages} has room for.
   * @param extras outputs that the bundle has. Without them, they cost nothing.
   * @returns the outputs for each image.
   */
  run(images: ImageValues, count: number, extras?: readonly ExtraOutput[]): Promise<readonly ImageOutputs[]>;
}

/**
 * How long a thread without work spins before it sleeps, in microseconds. By default, ONNX Runtime spins for much
 * longer. That takes CPU time from decoding and from other processes, and it is billed on Lambda.
 */
const SPIN_US = '100';

export interface SessionSettings {
  /** Threads that share the work of one operator. */
  readonly threads: number;
}

/**
 * Creates the session and runs it once, so that the first request does not wait for the warm-up.
 *
 * `session.run` of onnxruntime-node blocks the event loop while it computes. The service therefore starts one
 * run at a time, from the queue in `prediction/run-queue.ts` (ADR 13).
 *
 * @throws BundleError if the graph does not match the manifest.
 */
export async function createSession(
  { manifest, graphPath }: Pick<ModelBundle, 'manifest' | 'graphPath'>,
  settings: SessionSettings,
): Promise<ModelSession> {
  const session = await InferenceSession.create(graphPath, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: manifest.optimised ? 'disabled' : 'all',
    executionMode: 'sequential',
    interOpNumThreads: 1,
    intraOpNumThreads: settings.threads,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { spin_duration_us: SPIN_US } } },
  }).catch((cause: unknown) => {
    throw new BundleError(
      `${manifest.file}: ONNX Runtime cannot load it; see docs/troubleshooting.md#onnx-runtime-cannot-load-the-model`,
      { cause },
    );
  });
  const { embedding, activationMaps } = manifest;
  requireTensor('input', manifest.input, session.inputMetadata);
  requireTensor('output', manifest.output, session.outputMetadata);
  if (embedding) requireTensor('embedding', embedding, session.outputMetadata);
  if (activationMaps)
    requireTensor('activationMaps.features', activationMaps.features, session.outputMetadata);

  const [fixedBatch, ...imageShape] = manifest.input.shape;
  const one = emptyImages(manifest.input, 1);

  async function runOnce(
    images: ImageValues,
    count: number,
    extras: readonly ExtraOutput[],
  ): Promise<ImageOutputs[]> {
    const input = toTensor(images, [count, ...imageShape]);
    const wanted = {
      embedding: extras.includes('embedding') ? embedding : undefined,
      features: extras.includes('features') ? activationMaps?.features : undefined,
    };
    const fetched = [manifest.output, wanted.embedding, wanted.features];
    const outputs = await session.run(
      { [manifest.input.name]: input },
      fetched.flatMap((output) => output?.name ?? []),
    );
    const [scores, embeddings, features] = fetched.map(
      (output) => output && rowsOf(outputs[output.name]?.data as OutputValues, count),
    );
    return Array.from({ length: count }, (_, row) => ({
      scores: scores?.[row] as Float32Array,
      embedding: embedding && embeddings?.[row] && realValues(embeddings[row], embedding),
      features: features?.[row],
    }));
  }

  async function run(
    images: ImageValues,
    count: number,
    extras: readonly ExtraOutput[] = [],
  ): Promise<ImageOutputs[]> {
    if (images.constructor !== one.constructor || images.length !== count * one.length) {
      throw new RangeError(
        `Expected ${count} images of ${one.length} values in a ${one.constructor.name}, ` +
          `got ${images.length} values in a ${images.constructor.name}`,
      );
    }
    if (fixedBatch === null) return runOnce(images, count, extras);
    // Many published models take exactly one image at a time.
    const rows: ImageOutputs[] = [];
    for (let start = 0; start < count; start += fixedBatch) {
      const size = Math.min(fixedBatch, count - start);
      const batch = emptyImages(manifest.input, fixedBatch);
      batch.set(images.subarray(start * one.length, (start + size) * one.length));
      rows.push(...(await runOnce(batch, fixedBatch, extras)).slice(0, size));
    }
    return rows;
  }

  await run(one, 1);
  return { run };
}

/** @param dimensions with the number of images first. */
export const toTensor = (values: ImageValues, dimensions: readonly number[]): Tensor =>
  values instanceof Float32Array
    ? new Tensor('float32', values, dimensions)
    : new Tensor('uint8', values, dimensions);

function requireTensor(
  role: 'input' | 'output' | 'embedding' | 'activationMaps.features',
  expected: { readonly name: string; readonly dtype: string; readonly shape: readonly (number | null)[] },
  metadata: readonly InferenceSession.ValueMetadata[],
): void {
  const found = metadata.find((candidate) => candidate.name === expected.name);
  if (!found?.isTensor) {
    const names = metadata.map((candidate) => candidate.name).join(', ');
    const kind = role === 'input' ? 'input' : 'output';
    throw new BundleError(
      `manifest.json: ${role}.name: the model has no ${kind} ${expected.name}, it has ${names}`,
    );
  }
  if (found.type !== expected.dtype) {
    throw new BundleError(
      `manifest.json: ${role}.dtype: expected the model's ${found.type}, got ${expected.dtype}`,
    );
  }
  // A dimension with a name instead of a number accepts any size.
  const shape = found.shape.map((size) => (typeof size === 'number' ? size : null));
  if (JSON.stringify(shape) !== JSON.stringify(expected.shape)) {
    throw new BundleError(
      `manifest.json: ${role}.shape: expected the model's ${JSON.stringify(shape)}, got ${JSON.stringify(expected.shape)}`,
    );
  }
}
