import type { OnnxAttributes, OnnxNode, OnnxTensor } from '../onnx/writer.ts';
import { foldBatchNorm } from './batch-norm.ts';
import type { StateDict } from './state-dict.ts';

/** float32. */
interface FloatTensor extends OnnxTensor {
  readonly data: Float32Array;
}

/** A value in the graph and its number of channels. */
export interface Feature {
  readonly name: string;
  readonly channels: number;
}

export interface Convolution {
  /** Names of the convolution and of the batch norm after it. */
  readonly conv: string;
  readonly norm: string;
  /** Height and width in pixels. The padding keeps the size at stride 1. */
  readonly kernel: number;
  readonly stride: number;
  /** Output channels. @default those of the weights */
  readonly channels?: number;
}

/** Builds layers as ONNX nodes with the tensors of a state dict. */
export class ResNetBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #state: StateDict;
  readonly #unused: Set<string>;

  constructor(state: StateDict) {
    this.#state = state;
    this.#unused = new Set(state.keys());
  }

  /** A node that keeps the number of channels. */
  apply(opType: string, output: string, input: Feature, attributes: OnnxAttributes = {}): Feature {
    this.nodes.push({ opType, inputs: [input.name], output, attributes });
    return { name: output, channels: input.channels };
  }

  add(output: string, left: Feature, right: Feature): Feature {
    this.nodes.push({ opType: 'Add', inputs: [left.name, right.name], output, attributes: {} });
    return { name: output, channels: left.channels };
  }

  convolve(input: Feature, { conv, norm, kernel, stride, channels }: Convolution): Feature {
    const weight = this.#take(`${conv}.weight`, [channels, input.channels, kernel, kernel]);
    const [out = 0] = weight.shape;
    const folded = foldBatchNorm(weight.data, {
      weight: this.#take(`${norm}.weight`, [out]).data,
      bias: this.#take(`${norm}.bias`, [out]).data,
      runningMean: this.#take(`${norm}.running_mean`, [out]).data,
      runningVariance: this.#take(`${norm}.running_var`, [out]).data,
    });
    // Only training uses it, and files older than PyTorch 0.4.1 do not have it.
    this.#unused.delete(`${norm}.num_batches_tracked`);
    const padding = (kernel - 1) / 2;
    this.initializers.push(
      { ...weight, data: folded.weight },
      { name: `${conv}.bias`, shape: [out], data: folded.bias },
    );
    this.nodes.push({
      opType: 'Conv',
      inputs: [input.name, `${conv}.weight`, `${conv}.bias`],
      output: conv,
      attributes: {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [padding, padding, padding, padding],
      },
    });
    return { name: conv, channels: out };
  }

  /** The linear layer `name`. @returns the number of classes. */
  classify(input: Feature, name: string, output: string): number {
    const weight = this.#take(`${name}.weight`, [undefined, input.channels]);
    const [classes = 0] = weight.shape;
    const bias = this.#take(`${name}.bias`, [classes]);
    this.initializers.push(weight, bias);
    const inputs = [input.name, weight.name, bias.name];
    this.nodes.push({ opType: 'Gemm', inputs, output, attributes: { transB: 1 } });
    return classes;
  }

  requireAllUsed(): void {
    const [extra] = this.#unused;
    if (extra !== undefined)
      throw new Error(`${extra}: expected only tensors of a ResNet with bottleneck blocks`);
  }

  /** @param shape undefined for a dimension of any size. */
  #take(name: string, shape: readonly (number | undefined)[]): FloatTensor {
    const tensor = this.#state.get(name);
    const expected = `float32 [${shape.map((size) => size ?? 'any').join(', ')}]`;
    if (tensor === undefined) throw new Error(`${name}: expected ${expected}, but the tensor is missing`);
    const fits =
      tensor.shape.length === shape.length &&
      tensor.shape.every((size, index) => size === (shape[index] ?? size) && size > 0);
    if (tensor.dtype !== 'float32' || !fits) {
      throw new Error(`${name}: expected ${expected}, got ${tensor.dtype} [${tensor.shape.join(', ')}]`);
    }
    this.#unused.delete(name);
    return { name, shape: tensor.shape, data: tensor.data };
  }
}
