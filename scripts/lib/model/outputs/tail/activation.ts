import { ELEMENT, elementName } from '../../onnx/elements.ts';
import type { Graph, GraphNode } from '../../onnx/graph.ts';
import { quantizationIn } from './constant.ts';
import { NoTail } from './no-tail.ts';

/** A value is `(quantized - zeroPoint) * scale`. */
export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A tensor that depends on the model's input, in the form that an output of the model gets. */
export type Activation =
  | { readonly name: string; readonly dtype: 'float32'; readonly quantization?: undefined }
  | { readonly name: string; readonly dtype: 'uint8'; readonly quantization: Quantization };

/** Operators that leave the values as they are in a model that is not trained any more. */
const UNCHANGED: ReadonlySet<string> = new Set(['Identity', 'Dropout']);

/** @returns undefined for inputs of the model, for constants, and for outputs of a node after its first. */
export function producerOf({ producers }: Graph, name: string): GraphNode | undefined {
  const node = producers.get(name);
  return node?.outputs[0] === name ? node : undefined;
}

/**
 * The quantized tensor, if the named one is its float form. An output behind a DequantizeLinear would keep ONNX
 * Runtime from replacing the operators around it by quantized ones.
 *
 * @throws NoTail for a quantized tensor of a type other than uint8.
 */
export function activationAt(graph: Graph, name: string): Activation {
  const node = producerOf(graph, name);
  const [input = '', scale = '', zeroPoint] = node?.inputs ?? [];
  if (node && UNCHANGED.has(node.operator)) return activationAt(graph, input);
  if (node?.operator === 'DequantizeLinear') return quantizedAt(graph, input, scale, zeroPoint);
  return { name, dtype: 'float32' };
}

/** @throws NoTail for a tensor of a type other than uint8, or with several scales. */
export function quantizedAt(
  graph: Graph,
  name: string,
  scaleName: string,
  zeroPointName: string | undefined,
): Activation {
  const type = graph.tensors.get(zeroPointName ?? '')?.elementType ?? ELEMENT.uint8;
  if (type !== ELEMENT.uint8) {
    throw new NoTail(`expected the tensor ${name} to be float32 or uint8, got ${elementName(type)}`);
  }
  const found = quantizationIn(graph, scaleName, zeroPointName);
  const [scale, ...others] = found?.scale ?? [];
  if (scale === undefined || others.length > 0) {
    throw new NoTail(`expected one scale for the tensor ${name}, got ${found?.scale.length ?? 'none'}`);
  }
  return { name, dtype: 'uint8', quantization: { scale, zeroPoint: found?.zeroPoint[0] ?? 0 } };
}

export interface Origin {
  readonly name: string;
  /** Undefined for an input of the model. */
  readonly node: GraphNode | undefined;
  /** The sum of the steps that the values were rounded to on the way. */
  readonly step: number;
}

/** Follows a tensor up through nodes that do not change its values, apart from rounding them. */
export function originOf(graph: Graph, start: string, passes: (node: GraphNode) => boolean): Origin {
  let name = start;
  let step = 0;
  for (;;) {
    const node = producerOf(graph, name);
    const isRounding = node?.operator === 'QuantizeLinear';
    if (node === undefined || !(isRounding || isUnchanging(node) || passes(node)))
      return { name, node, step };
    if (isRounding) step += quantizationIn(graph, node.inputs[1], undefined)?.scale[0] ?? 0;
    name = node.inputs[0] ?? '';
  }
}

const isUnchanging = ({ operator }: GraphNode): boolean =>
  operator === 'DequantizeLinear' || UNCHANGED.has(operator);
