import { floatOf, type Graph, type GraphNode, integerOf } from '../../onnx/graph.ts';
import { valuesOf } from '../../onnx/tensor.ts';
import { type Activation, activationAt, originOf, quantizedAt } from './activation.ts';
import { constantIn, quantizationIn } from './constant.ts';
import { NoTail } from './no-tail.ts';
import { type Weights, weightsOf } from './weights.ts';

/** scores = input * weights + bias */
export interface Dense {
  /** [batch, channels] */
  readonly input: Activation;
  readonly weights: Weights;
  /** One number for each class, or one for all. */
  readonly bias: readonly number[];
  /** What the results are rounded to. 0 for float32. */
  readonly step: number;
}

/** @throws NoTail for another operator, and for one that does more. */
export function denseAt(graph: Graph, node: GraphNode | undefined): Dense {
  switch (node?.operator) {
    case 'Gemm':
      return gemm(graph, node);
    case 'MatMul':
      return matMul(graph, node);
    case 'Add':
      return addition(graph, node);
    case 'com.microsoft.QGemm':
      return quantizedGemm(graph, node);
    default:
      throw new NoTail(`expected a dense layer before the scores, got ${node?.operator ?? 'none'}`);
  }
}

function gemm(graph: Graph, node: GraphNode): Dense {
  requireOne(node, 'alpha');
  requireOne(node, 'beta');
  const [input = '', weights = '', bias] = node.inputs;
  return {
    input: activationAt(graph, input),
    weights: weightsOf(constantIn(graph, weights), classAxisOf(node)),
    bias: biasOf(graph, bias),
    step: 0,
  };
}

function matMul(graph: Graph, { inputs: [input = '', weights = ''] }: GraphNode): Dense {
  return {
    input: activationAt(graph, input),
    weights: weightsOf(constantIn(graph, weights), 1),
    bias: [0],
    step: 0,
  };
}

function addition(graph: Graph, { inputs }: GraphNode): Dense {
  const bias = inputs.findIndex((name) => constantIn(graph, name) !== undefined);
  const { node: product, step } = originOf(graph, inputs[bias === 0 ? 1 : 0] ?? '', () => false);
  if (bias === -1 || product?.operator !== 'MatMul') {
    throw new NoTail('expected a dense layer before the scores, got Add');
  }
  return { ...matMul(graph, product), bias: biasOf(graph, inputs[bias]), step };
}

/** Its inputs: the activation and the weights, each with scale and zero point, the bias, and the result's scale. */
function quantizedGemm(graph: Graph, node: GraphNode): Dense {
  requireOne(node, 'alpha');
  const [name = '', scale = '', zeroPoint, weightName = '', weightScale, weightZeroPoint, bias, resultScale] =
    node.inputs;
  const input = quantizedAt(graph, name, scale, zeroPoint);
  const constant = constantIn(graph, weightName);
  const quantization = quantizationIn(graph, weightScale, weightZeroPoint);
  const classAxis = classAxisOf(node);
  const weights = weightsOf(
    constant &&
      quantization && {
        ...constant,
        quantization: { ...quantization, axis: constant.isTransposed ? 1 - classAxis : classAxis },
      },
    classAxis,
  );
  const scales = quantization?.scale.map((one) => one * (input.quantization?.scale ?? 1)) ?? [];
  return {
    input,
    weights,
    bias: scaled(biasOf(graph, bias), scales),
    step: quantizationIn(graph, resultScale, undefined)?.scale[0] ?? 0,
  };
}

const classAxisOf = (node: GraphNode): 0 | 1 => {
  if ((integerOf(node, 'transA') ?? 0) !== 0)
    throw new NoTail(`expected no transA of ${node.operator}, got 1`);
  return integerOf(node, 'transB') ? 0 : 1;
};

function requireOne(node: GraphNode, attribute: string): void {
  const value = floatOf(node, attribute) ?? 1;
  if (value !== 1) throw new NoTail(`expected ${attribute} 1 of ${node.operator}, got ${value}`);
}

/** @throws NoTail for a bias that is not a constant. */
function biasOf(graph: Graph, name: string | undefined): readonly number[] {
  if (!name) return [0];
  const constant = constantIn(graph, name);
  const values = constant && valuesOf(constant.tensor);
  if (values === undefined) throw new NoTail(`expected a constant bias of the dense layer, got ${name}`);
  return scaled(Array.from(values), constant?.quantization?.scale ?? [1]);
}

const scaled = (values: readonly number[], scales: readonly number[]): readonly number[] =>
  values.map((value, index) => value * (scales[index] ?? scales[0] ?? 1));
