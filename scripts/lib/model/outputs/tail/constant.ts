import { type Graph, integerOf, integersOf } from '../../onnx/graph.ts';
import { type Tensor, valuesOf } from '../../onnx/tensor.ts';

/** One number for the whole tensor, or one for each position of an axis. */
export interface ConstantQuantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  /** The axis of the tensor as it is stored, if there are several numbers. */
  readonly axis: number;
}

/** A matrix or vector that does not depend on the model's input. */
export interface Constant {
  readonly tensor: Tensor;
  /** Whether the graph uses the transposed matrix. */
  readonly isTransposed: boolean;
  readonly quantization: ConstantQuantization | undefined;
}

/** @returns undefined if the graph computes the tensor in another way. */
export function constantIn(graph: Graph, name: string): Constant | undefined {
  const tensor = graph.tensors.get(name);
  if (tensor !== undefined) return { tensor, isTransposed: false, quantization: undefined };
  const node = graph.producers.get(name);
  const inner = node && constantIn(graph, node.inputs[0] ?? '');
  if (inner === undefined) return undefined;
  switch (node?.operator) {
    case 'Identity':
      return inner;
    case 'Transpose':
      return isSwap(integersOf(node, 'perm')) ? { ...inner, isTransposed: !inner.isTransposed } : undefined;
    case 'DequantizeLinear': {
      const axis = integerOf(node, 'axis') ?? 1;
      const quantization = quantizationIn(graph, node.inputs[1], node.inputs[2]);
      if (quantization === undefined || inner.quantization || (integerOf(node, 'block_size') ?? 0) !== 0) {
        return undefined;
      }
      const used = axis < 0 ? axis + inner.tensor.shape.length : axis;
      return { ...inner, quantization: { ...quantization, axis: inner.isTransposed ? 1 - used : used } };
    }
    default:
      return undefined;
  }
}

/** Without axes, a transposition reverses them. */
const isSwap = (axes: readonly number[] | undefined): boolean => axes === undefined || axes.join() === '1,0';

/** @returns undefined unless both are in the graph. Without zero points, all are 0. */
export function quantizationIn(
  { tensors }: Graph,
  scaleName: string | undefined,
  zeroPointName: string | undefined,
): Omit<ConstantQuantization, 'axis'> | undefined {
  const scale = tensors.get(scaleName ?? '');
  const zeroPoint = tensors.get(zeroPointName ?? '');
  if (scale === undefined || (zeroPointName && zeroPoint === undefined)) return undefined;
  const numbers = (tensor: Tensor) => Array.from(valuesOf(tensor) ?? []);
  const scales = numbers(scale);
  return { scale: scales, zeroPoint: zeroPoint ? numbers(zeroPoint) : scales.map(() => 0) };
}
