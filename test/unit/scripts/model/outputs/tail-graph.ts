import {
  ELEMENT,
  type ElementType,
  type TensorPlace,
} from '../../../../../scripts/lib/model/onnx/elements.ts';
import {
  bytes,
  type Encoded,
  integer,
  message,
  text,
} from '../../../../../scripts/lib/model/protobuf/write.ts';

export const SIDE = 8;
/** Rows and columns of the feature maps. */
export const MAP_SIDE = 4;

export type Pool =
  | 'GlobalAveragePool'
  | 'AveragePool'
  | 'ReduceMean'
  | 'ReduceMean, negative axes'
  | 'ReduceMean, axes as input'
  | 'ReduceMean, no dimensions kept';
export type Flatten = 'Flatten' | 'Reshape' | 'Squeeze' | 'Dropout' | 'Identity' | 'Transpose';
export type DenseForm =
  | 'Gemm'
  | 'Gemm, transB'
  | 'MatMul'
  | 'MatMul and Add'
  | 'Add and MatMul'
  | 'Gemm, Transpose';

/** A model that ends in pooled feature maps and one dense layer. */
export interface TailForm {
  readonly layout: 'NCHW' | 'NHWC';
  readonly pool: Pool;
  readonly flatten: Flatten;
  readonly dense: DenseForm;
  readonly quantized: 'no' | 'one scale' | 'a scale for each class';
  readonly end: 'none' | 'Softmax';
  readonly channels: number;
  readonly classes: number;
  /** For the weights. */
  readonly seed: number;
}

export const PLAIN: TailForm = {
  layout: 'NCHW',
  pool: 'GlobalAveragePool',
  flatten: 'Flatten',
  dense: 'Gemm',
  quantized: 'no',
  end: 'none',
  channels: 4,
  classes: 5,
  seed: 1,
};

/** What a test can put in the place of a part. */
export interface TailChanges {
  /** Takes the place of the nodes between the embedding and the scores. */
  readonly afterEmbedding?: (graph: GraphBuilder, embedding: string) => string;
  /** Takes the place of the nodes between the feature maps and the embedding. */
  readonly afterFeatures?: (graph: GraphBuilder, features: string) => string;
  /** Where the weights of the dense layer are. */
  readonly weightsPlace?: TensorPlace;
  readonly activations?: 'uint8' | 'int8';
  readonly batch?: number | string;
  readonly opset?: number;
  /** Attributes of the Gemm. */
  readonly attributes?: readonly Encoded[];
  readonly secondOutput?: string;
  readonly withoutZeroPoints?: boolean;
  readonly withoutConvolution?: boolean;
}

export const random = (seed: number, length: number, size = 1): Float32Array =>
  Float32Array.from({ length }, (_, index) => {
    const noise = Math.sin((index + 1) * (seed + 12.9898)) * 43_758.5453;
    return (noise - Math.floor(noise) - 0.5) * 2 * size;
  });

/** Of the quantized feature maps and their means, whose values are between -3 and 3. */
export const ACTIVATION_STEP = 0.03125;
const WEIGHT_STEP = 1 / 64;

/** The weights as the dense layer uses them: [channels, classes], and the bias. */
export function denseOf({ channels, classes, quantized, seed }: TailForm): {
  readonly stored: Float32Array;
  readonly scales: readonly number[];
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly biasSteps: readonly number[];
  readonly storedBias: Float32Array;
} {
  const scales = Array.from({ length: classes }, (_, index) =>
    quantized === 'a scale for each class' ? WEIGHT_STEP * (1 + index) : WEIGHT_STEP,
  );
  const values = random(seed, channels * classes);
  const stored = quantized === 'no' ? values : values.map((value) => Math.round(value * 64));
  const weights =
    quantized === 'no' ? values : stored.map((value, index) => value * (scales[index % classes] ?? 0));
  const bias = random(seed + 1, classes);
  const biasSteps = scales.map((scale) => scale * ACTIVATION_STEP);
  const steps = bias.map((value, index) => Math.round(value / (biasSteps[index] ?? 1)));
  return {
    stored,
    scales,
    weights,
    bias: quantized === 'no' ? bias : steps.map((value, index) => value * (biasSteps[index] ?? 1)),
    biasSteps,
    storedBias: steps,
  };
}

export class GraphBuilder {
  readonly parts: Encoded[] = [];
  #count = 0;

  add(
    opType: string,
    inputs: readonly string[],
    attributes: readonly Encoded[] = [],
    outputs?: string[],
  ): string {
    const names = outputs ?? [`${opType}-${this.#count}`];
    this.#count += 1;
    this.parts.push(
      message(1, [
        ...inputs.map((input) => text(1, input)),
        ...names.map((name) => text(2, name)),
        text(4, opType),
        ...attributes,
      ]),
    );
    return names[0] ?? '';
  }

  tensor(
    name: string,
    dtype: ElementType,
    shape: readonly number[],
    data: ArrayBufferView | readonly number[] | TensorPlace,
  ): string {
    const arrays = {
      float32: Float32Array,
      uint8: Uint8Array,
      int8: Int8Array,
      int32: Int32Array,
      float16: Uint16Array,
    } as const;
    const view = Array.isArray(data)
      ? dtype === 'int64'
        ? BigInt64Array.from(data as number[], BigInt)
        : arrays[dtype].from(data as number[])
      : (data as ArrayBufferView | TensorPlace);
    const content =
      'location' in view
        ? [
            ...Object.entries(view).map(([key, value]) =>
              message(13, [text(1, key), text(2, String(value))]),
            ),
            integer(14, 1),
          ]
        : [bytes(9, [new Uint8Array(view.buffer, view.byteOffset, view.byteLength)])];
    this.parts.push(
      message(5, [
        ...shape.map((size) => integer(1, size)),
        integer(2, ELEMENT[dtype]),
        text(8, name),
        ...content,
      ]),
    );
    return name;
  }

  /** Rounds an activation to bytes, and back. */
  rounded(name: string, type: 'uint8' | 'int8'): string {
    const scale = this.tensor(`${name}-scale`, 'float32', [], [ACTIVATION_STEP]);
    const zeroPoint = this.tensor(`${name}-zero`, type, [], [type === 'uint8' ? 128 : 0]);
    const quantized = this.add('QuantizeLinear', [name, scale, zeroPoint]);
    return this.add('DequantizeLinear', [quantized, scale, zeroPoint]);
  }
}

export function tailGraph(form: TailForm, changes: TailChanges = {}): Buffer {
  const graph = new GraphBuilder();
  const { channels, classes, layout } = form;
  const { batch = 'n' } = changes;
  const quantize = (name: string) =>
    form.quantized === 'no' ? name : graph.rounded(name, changes.activations ?? 'uint8');

  graph.tensor('kernel', 'float32', [channels, 3, 1, 1], random(7, channels * 3));
  const convolved = changes.withoutConvolution
    ? 'image'
    : graph.add('Conv', ['image', 'kernel'], [integers('strides', [2, 2])]);
  const maps =
    layout === 'NHWC' ? graph.add('Transpose', [convolved], [integers('perm', [0, 2, 3, 1])]) : convolved;
  const features = quantize(maps);
  const embedding = changes.afterFeatures
    ? changes.afterFeatures(graph, features)
    : flatten(graph, form, quantize(pool(graph, form, features)));
  let last = changes.afterEmbedding
    ? changes.afterEmbedding(graph, embedding)
    : dense(graph, form, changes, embedding);
  if (form.end === 'Softmax') last = graph.add('Softmax', [last]);
  graph.add('Identity', [last], [], ['scores']);

  const { opset = form.pool === 'ReduceMean, axes as input' ? 18 : 17 } = changes;
  return Buffer.concat(
    [
      integer(1, 8),
      message(7, [
        ...graph.parts,
        text(2, 'tail'),
        value(11, 'image', [batch, 3, SIDE, SIDE]),
        value(12, 'scores', [batch, classes]),
        ...(changes.secondOutput ? [value(12, changes.secondOutput, [batch, channels])] : []),
      ]),
      message(8, [text(1, ''), integer(2, opset)]),
    ].flat(),
  );
}

function pool(graph: GraphBuilder, { pool: form, layout }: TailForm, input: string): string {
  const axes = layout === 'NCHW' ? [2, 3] : [1, 2];
  const negative = axes.map((axis) => axis - 4).toReversed();
  switch (form) {
    case 'GlobalAveragePool':
      return graph.add(form, [input]);
    case 'AveragePool':
      return graph.add(form, [input], [integers('kernel_shape', [MAP_SIDE, MAP_SIDE])]);
    case 'ReduceMean':
      return graph.add('ReduceMean', [input], [integers('axes', axes)]);
    case 'ReduceMean, negative axes':
      return graph.add('ReduceMean', [input], [integers('axes', negative)]);
    case 'ReduceMean, axes as input':
      return graph.add('ReduceMean', [input, graph.tensor('axes', 'int64', [2], negative)]);
    case 'ReduceMean, no dimensions kept':
      return graph.add('ReduceMean', [input], [integers('axes', axes), single('keepdims', 0)]);
  }
}

function flatten(graph: GraphBuilder, form: TailForm, input: string): string {
  const row = () => graph.tensor('row', 'int64', [2], [-1, form.channels]);
  const reshaped = () => graph.add('Reshape', [input, row()]);
  const isFlat = form.pool === 'ReduceMean, no dimensions kept';
  switch (form.flatten) {
    case 'Flatten':
      return graph.add('Flatten', [input]);
    case 'Reshape':
      return reshaped();
    case 'Squeeze':
      if (isFlat) return input;
      return graph.add('Squeeze', [
        input,
        graph.tensor('ones', 'int64', [2], form.layout === 'NCHW' ? [2, 3] : [1, 2]),
      ]);
    case 'Dropout':
      return graph.add('Dropout', [reshaped()]);
    case 'Identity':
      return graph.add('Identity', [reshaped()]);
    case 'Transpose':
      if (isFlat) return input;
      return graph.add('Flatten', [graph.add('Transpose', [input], [integers('perm', [0, 3, 1, 2])])]);
  }
}

function dense(graph: GraphBuilder, form: TailForm, changes: TailChanges, embedding: string): string {
  const { channels, classes } = form;
  const { stored, scales, bias, biasSteps, storedBias } = denseOf(form);
  const isTransposed = form.dense === 'Gemm, transB' || form.dense === 'Gemm, Transpose';
  const values = isTransposed
    ? stored.map((_, at) => stored[(at % channels) * classes + Math.floor(at / channels)] ?? 0)
    : stored;
  const shape = isTransposed ? [classes, channels] : [channels, classes];
  const isInteger = form.quantized !== 'no';
  let weights = graph.tensor(
    'weight',
    isInteger ? 'int8' : 'float32',
    shape,
    changes.weightsPlace ?? (isInteger ? Int8Array.from(values) : values),
  );
  if (isInteger) {
    const isOne = form.quantized === 'one scale';
    const count = isOne ? [] : [classes];
    const scale = graph.tensor('weight-scale', 'float32', count, isOne ? scales.slice(0, 1) : scales);
    const zeroPoint = graph.tensor('weight-zero', 'int8', count, isOne ? [0] : scales.map(() => 0));
    weights = graph.add(
      'DequantizeLinear',
      changes.withoutZeroPoints ? [weights, scale] : [weights, scale, zeroPoint],
      [single('axis', isTransposed ? 0 : 1)],
    );
  }
  if (form.dense === 'Gemm, Transpose')
    weights = graph.add('Transpose', [weights], [integers('perm', [1, 0])]);
  graph.tensor('bias', 'float32', [classes], bias);
  const quantizedBias = () => {
    const isOne = form.quantized === 'one scale';
    const steps = isOne ? biasSteps.slice(0, 1) : biasSteps;
    graph.tensor('bias-quantized', 'int32', [classes], Int32Array.from(storedBias));
    graph.tensor('bias-scale', 'float32', isOne ? [] : [classes], steps);
    return graph.add('DequantizeLinear', ['bias-quantized', 'bias-scale'], [single('axis', 0)]);
  };
  const input = isInteger ? graph.rounded(embedding, changes.activations ?? 'uint8') : embedding;
  const attributes = [single('transB', form.dense === 'Gemm, transB' ? 1 : 0), ...(changes.attributes ?? [])];
  switch (form.dense) {
    case 'MatMul':
      return graph.add('MatMul', [input, weights]);
    case 'MatMul and Add':
      return graph.add('Add', [graph.add('MatMul', [input, weights]), 'bias']);
    case 'Add and MatMul':
      return graph.add('Add', ['bias', graph.add('MatMul', [input, weights])]);
    default:
      return graph.add('Gemm', [input, weights, isInteger ? quantizedBias() : 'bias'], attributes);
  }
}

export const single = (name: string, number: number): Encoded =>
  message(5, [text(1, name), integer(3, number), integer(20, 2)]);
export const float = (name: string, number: number): Encoded => {
  const content = Buffer.alloc(5);
  content.writeUInt8(2 * 8 + 5);
  content.writeFloatLE(number, 1);
  return message(5, [text(1, name), [content], integer(20, 1)]);
};
export const integers = (name: string, numbers: readonly number[]): Encoded =>
  message(5, [
    text(1, name),
    ...numbers.map((one) => (one < 0 ? negative(8, one) : integer(8, one))),
    integer(20, 7),
  ]);

/** In 64 bits, ten times seven bits. */
function negative(field: number, number: number): Encoded {
  const bits = BigInt.asUintN(64, BigInt(number));
  const groups = Array.from(
    { length: 10 },
    (_, index) => Number((bits >> BigInt(7 * index)) & 127n) + (index < 9 ? 128 : 0),
  );
  return [Uint8Array.from([field * 8, ...groups])];
}

function value(field: number, name: string, shape: readonly (number | string)[]): Encoded {
  const dimensions = shape.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  return message(field, [text(1, name), message(2, [message(1, [integer(1, 1), message(2, dimensions)])])]);
}
