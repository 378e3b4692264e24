import type { Manifest } from '../../model/manifest.ts';
import { MAX_BATCH } from '../schemas/common.ts';
import type { ModelKind } from './served-models.ts';

/** Four bytes a number, or any bytes with their length. */
export type Datatype = 'FP32' | 'BYTES';

export interface TensorDescription {
  readonly name: string;
  readonly datatype: Datatype;
  /** Without the batch, which is the first dimension. */
  readonly dims: readonly number[];
}

/** What a model returns for each image: a value for each class, or its embedding. */
export type OutputKind = 'scores' | 'embedding';

export interface OutputDescription extends TensorDescription {
  readonly kind: OutputKind;
}

/** The tensors of a model. Each model has one input. */
export interface ModelTensors {
  readonly input: TensorDescription;
  /** The first, the scores, is returned if a request names none. */
  readonly outputs: readonly [OutputDescription, ...OutputDescription[]];
  readonly maxBatch: number;
}

export const FP32_BYTES = 4;

/**
 * The tensors as clients see them, whatever layout and type the graph takes. A tensor model takes normalised pixels
 * as published models do; a photo model takes encoded files.
 */
export function tensorsOf(kind: ModelKind, { preprocessing, output, embedding }: Manifest): ModelTensors {
  const { crop: side } = preprocessing;
  const classes = output.shape[1];
  return {
    input:
      kind === 'photo'
        ? { name: 'image', datatype: 'BYTES', dims: [] }
        : { name: 'input', datatype: 'FP32', dims: [3, side, side] },
    outputs: [
      {
        kind: 'scores',
        name: kind === 'photo' ? 'probabilities' : output.kind,
        datatype: 'FP32',
        dims: [classes],
      },
      ...(embedding ? [embeddingOf(embedding)] : []),
    ],
    maxBatch: MAX_BATCH,
  };
}

const embeddingOf = ({ shape }: NonNullable<Manifest['embedding']>): OutputDescription => ({
  kind: 'embedding',
  name: 'embedding',
  datatype: 'FP32',
  dims: [shape[1]],
});

/**
 * The outputs in the metadata of a model. Triton's example for image classifiers and the many clients made after it
 * refuse a model of tensors with more than one output, so an embedding is not among them there.
 */
export const listedOutputs = (kind: ModelKind, { outputs }: ModelTensors): readonly OutputDescription[] =>
  kind === 'tensor' ? outputs.slice(0, 1) : outputs;

/** The number of values that one item of a batch has. */
export const valuesIn = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);
