import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { operatorsOf } from '../optimised/operators.ts';
import { children, fieldsOf, integerIn, textOf } from '../protobuf/read.ts';

/** What the bytes of an ONNX model say that ONNX Runtime does not. */
export interface OnnxFacts {
  /** The other files that the graph's tensors are in, as it names them. */
  readonly dataFiles: readonly string[];
  readonly precision: Manifest['precision'];
}

// Field numbers and values of onnx/onnx.proto.
const MODEL = { graph: 7, functions: 25 };
const FUNCTION = { node: 7 };
const GRAPH = { node: 1, initializer: 5, sparseInitializer: 15 };
const NODE = { attribute: 5 };
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 };
const SPARSE_TENSOR = { values: 1, indices: 2 };
const TENSOR = { dataType: 2, externalData: 13 };
const ENTRY = { key: 1, value: 2 };
const FLOAT16 = 10;

const INTEGER_OPERATOR =
  /(^|\.)(QLinear|QGemm|QuantizeLinear|DequantizeLinear|DynamicQuantize|ConvInteger|MatMulInteger)/;

/** @throws Error for bytes that are not an ONNX model, which does not name the file. */
export function readFacts(model: Uint8Array): OnnxFacts {
  const dataFiles = new Set<string>();
  let hasFloat16 = false;
  for (const tensor of tensorsOf(model)) {
    hasFloat16 ||= integerIn(tensor, TENSOR.dataType) === FLOAT16;
    for (const entry of children(tensor, TENSOR.externalData)) {
      const [key, value] = [children(entry, ENTRY.key)[0], children(entry, ENTRY.value)[0]];
      if (textOf(key) === 'location') dataFiles.add(textOf(value));
    }
  }
  const isInteger = operatorsOf(model).some((name) => INTEGER_OPERATOR.test(name));
  return { dataFiles: [...dataFiles], precision: isInteger ? 'int8' : hasFloat16 ? 'fp16' : 'fp32' };
}

/** All tensors that the model holds: weights, and those in attributes of nodes. */
function* tensorsOf(model: Uint8Array): Generator<Uint8Array> {
  for (const graph of children(model, MODEL.graph)) yield* inGraph(graph);
  for (const called of children(model, MODEL.functions)) {
    for (const node of children(called, FUNCTION.node)) yield* inNode(node);
  }
}

function* inGraph(graph: Uint8Array): Generator<Uint8Array> {
  for (const { number, bytes } of fieldsOf(graph)) {
    if (bytes === undefined) continue;
    if (number === GRAPH.initializer) yield bytes;
    if (number === GRAPH.sparseInitializer) yield* inSparseTensor(bytes);
    if (number === GRAPH.node) yield* inNode(bytes);
  }
}

function* inNode(node: Uint8Array): Generator<Uint8Array> {
  for (const attribute of children(node, NODE.attribute)) {
    for (const { number, bytes } of fieldsOf(attribute)) {
      if (bytes === undefined) continue;
      if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.tensors) yield bytes;
      if (number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs) yield* inGraph(bytes);
      if (number === ATTRIBUTE.sparseTensor || number === ATTRIBUTE.sparseTensors)
        yield* inSparseTensor(bytes);
    }
  }
}

function* inSparseTensor(tensor: Uint8Array): Generator<Uint8Array> {
  yield* children(tensor, SPARSE_TENSOR.values);
  yield* children(tensor, SPARSE_TENSOR.indices);
}
