import type { OnnxGraph } from '../onnx/writer.ts';
import { type Feature, ResNetBuilder } from './resnet-builder.ts';
import type { StateDict } from './state-dict.ts';

/** Height and width of the input in pixels. */
const SIDE = 224;

/**
 * Rebuilds torchvision's ResNet with v1.5 bottleneck blocks (the stride is in the 3x3 convolution) for
 * inference: float32 `input` [N, 3, 224, 224] -> float32 `logits` [N, classes]. The number of blocks and
 * channels comes from the tensors. Every batch norm is folded into its convolution. Source:
 * torchvision/models/resnet.py.
 *
 * @throws Error with the first tensor that is missing, unexpected, or of the wrong type or shape.
 */
export function buildResNet(state: StateDict): OnnxGraph {
  const names = [...state.keys()];
  const graph = new ResNetBuilder(state);
  const input = { name: 'input', shape: ['N', 3, SIDE, SIDE] };
  const image = { name: input.name, channels: 3 };
  const stem = graph.convolve(image, { conv: 'conv1', norm: 'bn1', kernel: 7, stride: 2 });
  let feature = graph.apply('MaxPool', 'maxpool', graph.apply('Relu', 'relu', stem), {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  for (const layer of [1, 2, 3, 4]) {
    let block = 0;
    do {
      const stride = layer > 1 && block === 0 ? 2 : 1;
      feature = addBottleneck(graph, feature, `layer${layer}.${block}`, stride);
      block += 1;
    } while (names.some((name) => name.startsWith(`layer${layer}.${block}.`)));
  }
  const pooled = graph.apply('GlobalAveragePool', 'avgpool', feature);
  const classes = graph.classify(graph.apply('Flatten', 'flatten', pooled), 'fc', 'logits');
  graph.requireAllUsed();
  return {
    name: 'torchvision-resnet',
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [input],
    output: { name: 'logits', shape: ['N', classes] },
  };
}

function addBottleneck(graph: ResNetBuilder, input: Feature, name: string, stride: number): Feature {
  const unit = (index: number) => ({ conv: `${name}.conv${index}`, norm: `${name}.bn${index}` });
  const relu = (index: number, feature: Feature) => graph.apply('Relu', `${name}.relu${index}`, feature);
  const reduced = relu(1, graph.convolve(input, { ...unit(1), kernel: 1, stride: 1 }));
  const { channels } = reduced;
  const spatial = relu(2, graph.convolve(reduced, { ...unit(2), kernel: 3, stride, channels }));
  const expanded = graph.convolve(spatial, { ...unit(3), kernel: 1, stride: 1 });
  const shortcut =
    stride === 1 && input.channels === expanded.channels
      ? input
      : graph.convolve(input, {
          conv: `${name}.downsample.0`,
          norm: `${name}.downsample.1`,
          kernel: 1,
          stride,
          channels: expanded.channels,
        });
  return relu(3, graph.add(`${name}.add`, expanded, shortcut));
}
