import { children, textOf } from '../protobuf/read.ts';

/** Operators that give the same result on every processor. Their domain is empty for ONNX's own operators. */
const ALLOWED: ReadonlySet<string> = new Set([
  'com.microsoft.NhwcMaxPool',
  'com.microsoft.QGemm',
  'com.microsoft.QLinearAdd',
  'com.microsoft.QLinearConv',
  'com.microsoft.QLinearGlobalAveragePool',
  'Flatten',
  'Transpose',
]);

/**
 * ONNX Runtime may optimise a graph for the processor that it runs on: convolutions of the domain
 * `com.microsoft.nchwc` have blocks as wide as its vectors. Such a graph would be slow, or fail, elsewhere.
 *
 * @throws Error that names the operators that another processor may not have.
 */
export function requirePortable(model: Uint8Array, path: string): void {
  const others = [...new Set(operatorsOf(model))].filter((name) => !ALLOWED.has(name));
  if (others.length > 0) {
    throw new Error(`${path}: expected operators that every processor has, got ${others.join(', ')}`);
  }
}

/** @returns the operator of each node of an ONNX model, such as `com.microsoft.QGemm`. */
export function operatorsOf(model: Uint8Array): string[] {
  // The numbers are the field numbers of onnx/onnx.proto: ModelProto.graph, GraphProto.node, and of NodeProto
  // op_type and domain.
  const nodes = children(model, 7).flatMap((graph) => children(graph, 1));
  return nodes.map((node) =>
    [...children(node, 7), ...children(node, 4)].map(textOf).filter(Boolean).join('.'),
  );
}
