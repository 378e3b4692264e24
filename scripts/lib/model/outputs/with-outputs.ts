import { readGraph } from '../onnx/graph.ts';
import { addOutputs } from '../onnx/outputs.ts';
import { type Dimension, declareShapes } from '../onnx/shapes.ts';
import type { Tail } from './tail/tail.ts';

export interface OutputShapes {
  readonly features: readonly Dimension[];
  readonly embedding: readonly Dimension[];
}

/**
 * Makes the embedding and the feature maps outputs of a model. One that it has already gets the shape.
 *
 * @param shapes of the two outputs. Without them, they are not declared.
 * @returns the bytes of the model.
 */
export function withOutputs(
  { model, folder }: { readonly model: Uint8Array; readonly folder: string },
  { features, embedding }: Pick<Tail, 'features' | 'embedding'>,
  shapes?: OutputShapes,
): Buffer {
  const values = [
    { name: embedding.name, dtype: embedding.dtype, shape: shapes?.embedding },
    { name: features.name, dtype: features.dtype, shape: shapes?.features },
  ];
  const { outputs } = readGraph(model, folder);
  const added = values.filter(({ name }) => !outputs.has(name));
  const existing = values.flatMap(({ name, shape }) =>
    outputs.has(name) && shape ? [[name, shape] as const] : [],
  );
  return Buffer.concat(addOutputs(Buffer.concat(declareShapes(model, new Map(existing))), added));
}
