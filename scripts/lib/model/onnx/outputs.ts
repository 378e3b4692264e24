import { inField, replaceFields } from '../protobuf/edit.ts';
import { type Encoded, message } from '../protobuf/write.ts';
import { encodeValue, type OnnxValue } from './writer.ts';

// Field numbers of onnx/onnx.proto.
const MODEL = { graph: 7 };
const GRAPH = { output: 12 };

/**
 * Makes tensors inside a graph its outputs, after those that it has, and leaves all other bytes as they are.
 *
 * @param values must not be outputs already.
 * @returns the bytes of the model, in pieces.
 */
export function addOutputs(model: Uint8Array, values: readonly OnnxValue[]): Encoded {
  const added = values.flatMap((value) => message(GRAPH.output, encodeValue(value)));
  return replaceFields(
    model,
    inField(MODEL.graph, (graph) => [graph, ...added]),
  );
}
