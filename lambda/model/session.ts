import { BundleError, type ModelBundle } from './bundle.ts';
import { env, InferenceSession, Tensor } from './onnxruntime.ts';

export const ONNXRUNTIME_VERSION = env.versions.node ?? env.versions.common;

/** A warm model. It takes NCHW float32 images and returns one row of scores for each. */
export interface ModelSession {
  /**
   * @param images `count` normalised images, NCHW, `count * 3 * side * side` values.
   * @returns `count` rows with one score for each class.
   */
  run(images: Float32Array, count: number): Promise<readonly Float32Array[]>;
}

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
export async function createSession(bundle: ModelBundle, settings: SessionSettings): Promise<ModelSession> {
  const { manifest } = bundle;
  const session = await InferenceSession.create(bundle.model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    interOpNumThreads: 1,
    intraOpNumThreads: settings.threads,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new BundleError(`${manifest.file}: ONNX Runtime cannot load it`, { cause });
  });
  requireTensor('input', manifest.input, session.inputMetadata);
  requireTensor('output', manifest.output, session.outputMetadata);

  const [fixedBatch, channels, height, width] = manifest.input.shape;
  const imageValues = channels * height * width;
  const classes = manifest.output.shape[1];

  async function runOnce(images: Float32Array, count: number): Promise<Float32Array[]> {
    const input = new Tensor('float32', images, [count, channels, height, width]);
    const outputs = await session.run({ [manifest.input.name]: input });
    const scores = outputs[manifest.output.name]?.data as Float32Array;
    return Array.from({ length: count }, (_, row) => scores.subarray(row * classes, (row + 1) * classes));
  }

  async function run(images: Float32Array, count: number): Promise<Float32Array[]> {
    if (images.length !== count * imageValues) {
      throw new RangeError(`Expected ${count} images of ${imageValues} values, got ${images.length} values`);
    }
    if (fixedBatch === null) return runOnce(images, count);
    // Many published models take exactly one image at a time.
    const rows: Float32Array[] = [];
    for (let start = 0; start < count; start += fixedBatch) {
      const size = Math.min(fixedBatch, count - start);
      const batch = new Float32Array(fixedBatch * imageValues);
      batch.set(images.subarray(start * imageValues, (start + size) * imageValues));
      rows.push(...(await runOnce(batch, fixedBatch)).slice(0, size));
    }
    return rows;
  }

  await run(new Float32Array(imageValues), 1);
  return { run };
}

function requireTensor(
  role: 'input' | 'output',
  expected: { readonly name: string; readonly dtype: string; readonly shape: readonly (number | null)[] },
  metadata: readonly InferenceSession.ValueMetadata[],
): void {
  const found = metadata.find((candidate) => candidate.name === expected.name);
  if (!found?.isTensor) {
    const names = metadata.map((candidate) => candidate.name).join(', ');
    throw new BundleError(
      `manifest.json: ${role}.name: the model has no ${role} ${expected.name}, it has ${names}`,
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
