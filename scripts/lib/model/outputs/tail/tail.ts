import { type Graph, type GraphNode, integersOf } from '../../onnx/graph.ts';
import { type Activation, originOf } from './activation.ts';
import { type Dense, denseAt } from './dense.ts';
import { NoTail } from './no-tail.ts';
import { type Pooling, poolingAt } from './pooling.ts';

/** How a model ends that has class activation maps: it pools its feature maps before one dense layer. */
export interface Tail {
  readonly features: Activation;
  /** Of the feature maps: [batch, channels, rows, columns] or [batch, rows, columns, channels]. */
  readonly layout: Pooling['layout'];
  readonly window: Pooling['window'];
  /** The mean of each feature map: [batch, channels]. */
  readonly embedding: Activation;
  /** What the means are rounded to on their way to the dense layer. 0 for float32. */
  readonly embeddingStep: number;
  readonly weights: Dense['weights'];
  readonly bias: Dense['bias'];
  /** What the results of the dense layer are rounded to. 0 for float32. */
  readonly denseStep: number;
  /** If a softmax follows: what its probabilities are rounded to. 0 for float32. */
  readonly softmax: { readonly step: number } | undefined;
}

/** Why a model has no class activation maps, in one line. */
export interface MissingTail {
  readonly reason: string;
}

/** @param scores an output of the model, [batch, classes]. */
export function findTail(graph: Graph, scores: string): Tail | MissingTail {
  try {
    return tailOf(graph, scores);
  } catch (error) {
    if (error instanceof NoTail) return { reason: error.message };
    throw error;
  }
}

function tailOf(graph: Graph, scores: string): Tail {
  const last = originOf(graph, scores, () => false);
  const softmax = last.node?.operator === 'Softmax' ? { step: last.step } : undefined;
  const origin = softmax ? originOf(graph, last.node?.inputs[0] ?? '', () => false) : last;
  const { input: embedding, weights, bias, step: resultStep } = denseAt(graph, origin.node);
  const pooled = originOf(graph, embedding.name, keepsOrder);
  const { features, layout, window, step } = poolingAt(graph, pooled.node);
  if (graph.inputs.has(features.name))
    throw new NoTail('expected feature maps, but the model pools its input');
  return {
    features,
    layout,
    window,
    embedding,
    embeddingStep: pooled.step + step,
    weights,
    bias,
    denseStep: origin.step + resultStep,
    softmax,
  };
}

/** Operators that leave the order of the values of an image as it is, because pooled maps have one row and column. */
function keepsOrder(node: GraphNode): boolean {
  if (node.operator === 'Transpose') return integersOf(node, 'perm')?.[0] === 0;
  return ['Flatten', 'Reshape', 'Squeeze'].includes(node.operator);
}
