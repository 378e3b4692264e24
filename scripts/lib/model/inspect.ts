import type { Manifest } from '../../../lambda/model/manifest.ts';
import { InferenceSession, Tensor } from '../../../lambda/model/onnxruntime.ts';
import { areProbabilities } from './import/graph/trial.ts';

export type ModelSignature = Pick<Manifest, 'input' | 'output'>;

/** The classes of ImageNet-1k, as in `labels.json`. */
const CLASSES = 1000;

/**
 * Reads the names and shapes of the input and the output from an ONNX file, because they differ between
 * exports. One run on zeros shows that the model works, and whether it returns logits or probabilities.
 *
 * @param side height and width of the preprocessed image in pixels.
 * @param outputName the output's name, if the model has more outputs.
 * @throws Error in one line if the model is not float32 [N, 3, side, side] -> float32 [N, 1000].
 */
export async function inspectModel(path: string, side: number, outputName?: string): Promise<ModelSignature> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 }).catch((cause: Error) => {
    throw new Error(`${path}: expected an ONNX model, but ONNX Runtime cannot load the file`, { cause });
  });
  try {
    const input = only('input', session.inputMetadata, path);
    const outputs = session.outputMetadata.filter(
      ({ name }) => outputName === undefined || name === outputName,
    );
    const output = only('output', outputs, path);
    const inputBatch = requireShape('input', input, [3, side, side], path);
    const outputBatch = requireShape('output', output, [CLASSES], path);

    const batch = inputBatch ?? 1;
    const zeros = new Tensor('float32', new Float32Array(batch * 3 * side * side), [batch, 3, side, side]);
    const scores = (await session.run({ [input.name]: zeros }))[output.name]?.data as Float32Array;
    return {
      input: { name: input.name, dtype: 'float32', layout: 'NCHW', shape: [inputBatch, 3, side, side] },
      output: {
        name: output.name,
        dtype: 'float32',
        shape: [outputBatch, CLASSES],
        kind: areProbabilities([scores.subarray(0, CLASSES)]) ? 'probabilities' : 'logits',
      },
    };
  } finally {
    await session.release();
  }
}

function only(
  role: 'input' | 'output',
  metadata: readonly InferenceSession.ValueMetadata[],
  path: string,
): InferenceSession.TensorValueMetadata {
  const [found] = metadata;
  if (metadata.length !== 1 || !found?.isTensor) {
    const names = metadata.map((value) => value.name).join(', ');
    throw new Error(`${path}: expected one tensor as ${role}, got ${metadata.length}: ${names}`);
  }
  return found;
}

/** @returns the batch size, or null for any. */
function requireShape(
  role: 'input' | 'output',
  found: InferenceSession.TensorValueMetadata,
  expected: readonly number[],
  path: string,
): number | null {
  const [batch, ...rest] = found.shape;
  if (found.type !== 'float32' || batch === undefined || rest.join() !== expected.join()) {
    throw new Error(
      `${path}: expected the ${role} ${found.name} to be float32 [N, ${expected.join(', ')}], ` +
        `got ${found.type} [${found.shape.join(', ')}]`,
    );
  }
  return typeof batch === 'number' ? batch : null;
}
