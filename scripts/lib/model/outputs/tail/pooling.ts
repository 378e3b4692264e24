import { type Graph, type GraphNode, integerOf, integersOf } from '../../onnx/graph.ts';
import { valuesOf } from '../../onnx/tensor.ts';
import { type Activation, activationAt, quantizedAt } from './activation.ts';
import { quantizationIn } from './constant.ts';
import { NoTail } from './no-tail.ts';

/** The mean of each feature map. */
export interface Pooling {
  readonly features: Activation;
  readonly layout: 'NCHW' | 'NHWC';
  /** Rows and columns that it takes the mean of, if they are not all by definition. */
  readonly window: readonly number[] | undefined;
  /** What the means are rounded to. 0 for float32. */
  readonly step: number;
}

/** @throws NoTail for another operator, and for a mean of something else. */
export function poolingAt(graph: Graph, node: GraphNode | undefined): Pooling {
  const [input = '', scale = '', zeroPoint, meanScale] = node?.inputs ?? [];
  const features = () => activationAt(graph, input);
  switch (node?.operator) {
    case 'GlobalAveragePool':
      return { features: features(), layout: 'NCHW', window: undefined, step: 0 };
    case 'AveragePool':
      return { features: features(), layout: 'NCHW', window: windowOf(node), step: 0 };
    case 'ReduceMean':
      return { features: features(), layout: layoutOf(graph, node), window: undefined, step: 0 };
    case 'com.microsoft.QLinearGlobalAveragePool':
      return {
        features: quantizedAt(graph, input, scale, zeroPoint),
        layout: integerOf(node, 'channels_last') ? 'NHWC' : 'NCHW',
        window: undefined,
        step: quantizationIn(graph, meanScale, undefined)?.scale[0] ?? 0,
      };
    default:
      throw new NoTail(
        `expected global average pooling before the dense layer, got ${node?.operator ?? 'an input of the model'}`,
      );
  }
}

function windowOf(node: GraphNode): readonly number[] {
  const pads = integersOf(node, 'pads') ?? [];
  if (pads.some((pad) => pad !== 0)) throw new NoTail(`expected AveragePool without pads, got ${pads}`);
  return integersOf(node, 'kernel_shape') ?? [];
}

/** The axes are an attribute until opset 17, and an input after that. */
function layoutOf(graph: Graph, node: GraphNode): Pooling['layout'] {
  const constant = graph.tensors.get(node.inputs[1] ?? '');
  const axes = integersOf(node, 'axes') ?? Array.from((constant && valuesOf(constant)) ?? []);
  switch (
    axes
      .map((axis) => (axis < 0 ? axis + 4 : axis))
      .sort()
      .join()
  ) {
    case '2,3':
      return 'NCHW';
    case '1,2':
      return 'NHWC';
    default:
      throw new NoTail(`expected the mean over height and width before the dense layer, got axes ${axes}`);
  }
}
