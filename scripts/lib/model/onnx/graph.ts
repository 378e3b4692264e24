import { children, fieldsOf, integerIn, integersIn, textOf } from '../protobuf/read.ts';
import { readTensor, type Tensor } from './tensor.ts';

export interface GraphNode {
  /** With the domain, unless it is ONNX's own: `com.microsoft.QGemm`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The messages of the attributes, by name. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

/** What an ONNX model computes, without the graphs inside its nodes. */
export interface Graph {
  /** By the names of their outputs. */
  readonly producers: ReadonlyMap<string, GraphNode>;
  /** Weights and constants, by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
}

// Field numbers of onnx/onnx.proto.
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, tensor: 5, integers: 8 };
const VALUE = { name: 1 };

/**
 * @param folder with the files that the graph's tensors may be in.
 * @throws Error for bytes that are not an ONNX model, which does not name the file.
 */
export function readGraph(model: Uint8Array, folder: string): Graph {
  const graph = children(model, MODEL.graph)[0] ?? new Uint8Array();
  const nodes = children(graph, GRAPH.node).map(readNode);
  const constants = nodes.flatMap(({ operator, outputs, attributes }) => {
    const tensor = children(attributes.get('value') ?? new Uint8Array(), ATTRIBUTE.tensor)[0];
    return operator === 'Constant' && tensor
      ? [{ ...readTensor(tensor, folder), name: outputs[0] ?? '' }]
      : [];
  });
  const weights = children(graph, GRAPH.initializer).map((tensor) => readTensor(tensor, folder));
  const tensors = [...weights, ...constants];
  const names = (field: number) =>
    new Set(children(graph, field).map((value) => textOf(children(value, VALUE.name)[0])));
  return {
    producers: new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const))),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    inputs: names(GRAPH.input),
    outputs: names(GRAPH.output),
  };
}

function readNode(node: Uint8Array): GraphNode {
  const texts = (field: number) => children(node, field).map(textOf);
  const attributes = children(node, NODE.attribute);
  return {
    operator: [...texts(NODE.domain), ...texts(NODE.operator)].filter(Boolean).join('.'),
    inputs: texts(NODE.input),
    outputs: texts(NODE.output),
    attributes: new Map(attributes.map((one) => [textOf(children(one, ATTRIBUTE.name)[0]), one])),
  };
}

/** @returns undefined if the node has no such attribute. */
export function integerOf({ attributes }: GraphNode, name: string): number | undefined {
  const attribute = attributes.get(name);
  return attribute && (integerIn(attribute, ATTRIBUTE.integer) ?? 0);
}

/** @returns undefined if the node has no such attribute. */
export function integersOf({ attributes }: GraphNode, name: string): readonly number[] | undefined {
  const attribute = attributes.get(name);
  return attribute && integersIn(attribute, ATTRIBUTE.integers);
}

/** @returns undefined if the node has no such attribute. */
export function floatOf({ attributes }: GraphNode, name: string): number | undefined {
  const attribute = attributes.get(name);
  if (attribute === undefined) return undefined;
  const field = fieldsOf(attribute).findLast(({ number }) => number === ATTRIBUTE.float);
  return field ? Buffer.from(attribute.subarray(field.end - 4, field.end)).readFloatLE() : 0;
}
