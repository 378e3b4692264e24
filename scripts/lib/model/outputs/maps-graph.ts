import { encodeOnnx, type OnnxNode, type OnnxTensor } from '../onnx/writer.ts';
import type { Encoded } from '../protobuf/write.ts';
import type { Tail } from './tail/tail.ts';

export interface MapsGraphRequest {
  readonly tail: Tail;
  /** The weights of the dense layer, or where they are. */
  readonly weights: OnnxTensor['data'];
  readonly rows: number;
  readonly columns: number;
}

/**
 * A graph that makes class activation maps: the map of a class is the sum of the feature maps, each times the weight
 * that the dense layer gives it for the class. So the mean of a map plus the bias of its class is the class's score
 * before a softmax. Source: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization".
 *
 * Inputs: `features`, the feature maps of one image as the model gives them, and `classes`, int64 [count]. Output:
 * `maps`, float32 [count, rows, columns].
 *
 * @returns the bytes of the file, in pieces. Equal requests give equal bytes.
 */
export function mapsGraph({ tail, weights: data, rows, columns }: MapsGraphRequest): Encoded {
  const { features, layout, weights } = tail;
  const [pixels, channels] = [rows * columns, weights.channels];
  const isLast = layout === 'NHWC';
  const tensors: OnnxTensor[] = [
    { name: 'weights', shape: weights.tensor.shape, dtype: weights.dtype, data },
    integers('size', isLast ? [pixels, channels] : [channels, pixels]),
    integers('map_size', [-1, rows, columns]),
  ];
  const nodes: OnnxNode[] = [];
  const add = (opType: string, inputs: readonly string[], output: string, attributes = {}): string => {
    nodes.push({ opType, inputs, output, attributes });
    return output;
  };

  let chosen = add('Gather', ['weights', 'classes'], 'chosen_weights', { axis: weights.classAxis });
  if (weights.quantization) {
    const inputs = [
      { name: 'weight_scale', dtype: 'float32', values: weights.quantization.scale },
      { name: 'weight_zero_point', dtype: weights.dtype, values: weights.quantization.zeroPoint },
    ].map(({ name, dtype, values }) => {
      tensors.push(numbers(name, dtype as Quantity, values.length === 1 ? [] : [values.length], values));
      return values.length === 1 ? name : add('Gather', [name, 'classes'], `chosen_${name}`, { axis: 0 });
    });
    chosen = add('DequantizeLinear', [chosen, ...inputs], 'chosen_floats', { axis: weights.classAxis });
  }
  let pooled = 'features';
  if (features.quantization) {
    tensors.push(numbers('feature_scale', 'float32', [], [features.quantization.scale]));
    tensors.push(numbers('feature_zero_point', 'uint8', [], [features.quantization.zeroPoint]));
    pooled = add('DequantizeLinear', [pooled, 'feature_scale', 'feature_zero_point'], 'feature_floats');
  }
  pooled = add('Reshape', [pooled, 'size'], 'feature_matrix');
  const sums = add('Gemm', [chosen, pooled], 'sums', {
    transA: weights.classAxis === 1 ? 1 : 0,
    transB: isLast ? 1 : 0,
  });
  add('Reshape', [sums, 'map_size'], 'maps');
  const sizes = isLast ? [rows, columns, channels] : [channels, rows, columns];
  return encodeOnnx({
    name: 'class-activation-maps',
    nodes,
    initializers: tensors,
    inputs: [
      { name: 'features', dtype: features.dtype, shape: [1, ...sizes] },
      { name: 'classes', dtype: 'int64', shape: ['count'] },
    ],
    output: { name: 'maps', shape: ['count', rows, columns] },
  });
}

type Quantity = 'float32' | 'int8' | 'uint8';
const ARRAYS = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array };

const numbers = (
  name: string,
  dtype: Quantity,
  shape: readonly number[],
  values: readonly number[],
): OnnxTensor => ({
  name,
  shape,
  dtype,
  data: ARRAYS[dtype].from(values),
});

const integers = (name: string, values: readonly number[]): OnnxTensor => ({
  name,
  shape: [values.length],
  dtype: 'int64',
  data: BigInt64Array.from(values, BigInt),
});
