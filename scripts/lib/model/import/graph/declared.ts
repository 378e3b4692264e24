import type { ModelInput } from '../../../../../lambda/model/manifest.ts';
import type { InferenceSession } from '../../../../../lambda/model/onnxruntime.ts';
import type { Dimension } from '../../onnx/shapes.ts';

/** A tensor as the graph declares it. */
export interface DeclaredTensor {
  readonly name: string;
  readonly shape: readonly Dimension[];
}

export interface DeclaredInput extends DeclaredTensor {
  readonly dtype: ModelInput['dtype'];
}

/** One way to read the four dimensions of an input. */
export interface InputReading {
  readonly layout: ModelInput['layout'];
  readonly batch: Dimension;
  /** Height and width in pixels. Undefined if the graph takes any. */
  readonly side: number | undefined;
}

/** @throws Error in one line unless there is one input, and it is float32 or uint8. */
export function declaredInput({ inputMetadata }: InferenceSession, shown: string): DeclaredInput {
  const [input] = inputMetadata;
  if (inputMetadata.length !== 1 || !input?.isTensor) {
    throw new Error(
      `${shown}: expected one input, a batch of images, got ${namesOf(inputMetadata)}; see docs/troubleshooting.md#the-graph-is-not-an-image-classifier`,
    );
  }
  const { name, type, shape } = input;
  if (type !== 'float32' && type !== 'uint8') {
    throw new Error(`${shown}: expected the input ${name} to be float32 or uint8, got ${type}`);
  }
  return { name, shape, dtype: type };
}

/** @param wanted its name. @throws Error in one line for a choice of several, or for a type other than float32. */
export function declaredOutput(
  { outputMetadata }: InferenceSession,
  shown: string,
  wanted: string | undefined,
): DeclaredTensor {
  if (wanted === undefined && outputMetadata.length !== 1) {
    throw new Error(
      `${shown}: expected one output, got ${namesOf(outputMetadata)}; --output chooses one of them`,
    );
  }
  const output = outputMetadata.find(({ name }) => wanted === undefined || name === wanted);
  if (output === undefined) {
    throw new Error(`${shown}: expected an output ${wanted}, got ${namesOf(outputMetadata)}`);
  }
  if (!output.isTensor || output.type !== 'float32') {
    throw new Error(
      `${shown}: expected the output ${output.name} to be float32, got ${output.isTensor ? output.type : 'no tensor'}`,
    );
  }
  return { name: output.name, shape: output.shape };
}

function namesOf(metadata: readonly InferenceSession.ValueMetadata[]): string {
  return `${metadata.length}: ${metadata.map(({ name }) => name).join(', ')}`;
}

/**
 * The ways to read an input as images, the likeliest first. Exports that leave every dimension open can be both.
 *
 * @throws Error in one line if it cannot be a batch of square RGB images.
 */
export function readingsOf({ name, shape }: DeclaredInput, shown: string): [InputReading, ...InputReading[]] {
  const text = `[${shape.map((size) => size || '?').join(', ')}]`;
  const [batch, second, third, fourth] = shape;
  if (shape.length !== 4 || batch === undefined) {
    throw new Error(
      `${shown}: expected the input ${name} to be images, [batch, 3, height, width], got ${text}`,
    );
  }
  const layouts = [
    { layout: 'NCHW', channels: second, height: third, width: fourth },
    { layout: 'NHWC', channels: fourth, height: second, width: third },
  ] as const;
  const sure = layouts.filter(({ channels }) => channels === 3);
  const possible = sure.length > 0 ? sure : layouts.filter(({ channels }) => typeof channels === 'string');
  const readings = possible.flatMap(({ layout, height, width }) => {
    const sides = [height, width].filter((size) => typeof size === 'number');
    return new Set(sides).size > 1 ? [] : [{ layout, batch, side: sides[0] }];
  });
  const [first, ...others] = readings;
  if (first !== undefined) return [first, ...others];
  throw new Error(
    possible.length > 0
      ? `${shown}: expected the input ${name} to be square, got ${text}`
      : `${shown}: expected the input ${name} to have 3 channels, [batch, 3, height, width] or [batch, height, width, 3], got ${text}`,
  );
}
