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

/** The tensors of a model. Each model has one input and one output. */
export interface ModelTensors {
  readonly input: TensorDescription;
  readonly output: TensorDescription;
  readonly maxBatch: number;
}

export const FP32_BYTES = 4;

/**
 * The tensors as clients see them, whatever layout and type the graph takes. A tensor model takes normalised pixels
 * as published models do; a photo model takes encoded files.
 */
export function tensorsOf(kind: ModelKind, { preprocessing, output }: Manifest): ModelTensors {
  const { crop: side } = preprocessing;
  const classes = output.shape[1];
  return {
    input:
      kind === 'photo'
        ? { name: 'image', datatype: 'BYTES', dims: [] }
        : { name: 'input', datatype: 'FP32', dims: [3, side, side] },
    output: {
      name: kind === 'photo' ? 'probabilities' : output.kind,
      datatype: 'FP32',
      dims: [classes],
    },
    maxBatch: MAX_BATCH,
  };
}

/** The number of values that one item of a batch has. */
export const valuesIn = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);
