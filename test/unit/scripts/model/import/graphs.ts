import {
  bytes,
  type Encoded,
  integer,
  message,
  text,
} from '../../../../../scripts/lib/model/protobuf/write.ts';

const ELEMENT = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
type ElementType = keyof typeof ELEMENT;
type Shape = readonly (number | string)[];

/** A small classifier: the mean of each channel, and a linear layer. */
export interface GraphOptions {
  /** The input as it is declared. A string stands for a dimension of any size. */
  readonly shape?: Shape;
  readonly dtype?: Exclude<ElementType, 'int64'>;
  /** Where the channels really are. */
  readonly layout?: 'NCHW' | 'NHWC';
  readonly classes?: number;
  readonly channels?: number;
  readonly end?: 'Softmax' | 'LogSoftmax' | 'Sigmoid' | 'Sqrt';
  /** The output as it is declared. */
  readonly outputShape?: Shape;
  readonly outputType?: 'float32' | 'float16';
  /** Flattens to one row, whatever the batch is. */
  readonly onlyOneImage?: boolean;
  /** Makes feature maps of the image before the mean. */
  readonly hasFeatures?: boolean;
  /** Leaves out the flattening, so that the output is [batch, classes, 1, 1]. */
  readonly isConvolution?: boolean;
  readonly hasSecondInput?: boolean;
  readonly hasSecondOutput?: boolean;
  /** Names of the files that hold the weights and the biases. */
  readonly dataFiles?: readonly string[];
  /** Stores the weights in half precision. */
  readonly halfWeights?: boolean;
}

export const weightsOf = (classes: number, channels = 3): Float32Array =>
  Float32Array.from({ length: channels * classes }, (_, index) => Math.sin(index + 1));
const biasesOf = (classes: number): Float32Array => new Float32Array(classes);

/** The bytes of the file that an external tensor of {@link classifierGraph} refers to. */
export const dataFile = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer);

export function classifierGraph(options: GraphOptions = {}): Buffer {
  const {
    shape = ['batch', 3, 8, 8],
    dtype = 'float32',
    layout = 'NCHW',
    classes = 5,
    channels = 3,
    end,
  } = options;
  const { outputShape = ['batch', classes], outputType = 'float32', dataFiles = [] } = options;
  const nodes: Encoded[] = [];
  let last = 'image';
  const add = (opType: string, inputs: readonly string[], attributes: readonly Encoded[] = []) => {
    const output = `${opType}-${nodes.length}`;
    nodes.push(node(opType, inputs, output, attributes));
    last = output;
  };
  if (dtype !== 'float32') add('Cast', [last], [integerAttribute('to', ELEMENT.float32)]);
  if (layout === 'NHWC') add('Transpose', [last], [integersAttribute('perm', [0, 3, 1, 2])]);
  if (options.hasSecondInput) add('Add', [last, 'mask']);
  if (options.hasFeatures) add('Conv', [last, 'features']);
  add('GlobalAveragePool', [last]);
  if (options.isConvolution) {
    add('Conv', [last, 'kernel']);
  } else {
    if (options.onlyOneImage) add('Reshape', [last, 'row']);
    else add('Flatten', [last]);
    if (options.halfWeights) {
      const pooled = last;
      add('Cast', ['weight'], [integerAttribute('to', ELEMENT.float32)]);
      add('Gemm', [pooled, last, 'bias']);
    } else {
      add('Gemm', [last, 'weight', 'bias']);
    }
  }
  if (end !== undefined)
    add(end, [last], end === 'Softmax' || end === 'LogSoftmax' ? [integerAttribute('axis', 1)] : []);
  if (outputType === 'float16') add('Cast', [last], [integerAttribute('to', ELEMENT.float16)]);
  nodes.push(node('Identity', [last], 'logits', []));
  if (options.hasSecondOutput) nodes.push(node('Identity', [last], 'hidden', []));

  const [weights, biases] = [weightsOf(classes, channels), biasesOf(classes)];
  const tensors = [
    ...(options.hasFeatures ? [tensor('features', [3, 3, 1, 1], 'float32', rawData(weightsOf(3)))] : []),
    options.isConvolution
      ? tensor('kernel', [classes, 3, 1, 1], 'float32', rawData(weights))
      : tensor(
          'weight',
          [channels, classes],
          options.halfWeights ? 'float16' : 'float32',
          dataFiles[0] === undefined
            ? rawData(options.halfWeights ? new Uint16Array(channels * classes) : weights)
            : external(dataFiles[0]),
        ),
    ...(options.isConvolution
      ? []
      : [
          tensor(
            'bias',
            [classes],
            'float32',
            dataFiles[1] === undefined ? rawData(biases) : external(dataFiles[1]),
          ),
        ]),
    ...(options.onlyOneImage ? [tensor('row', [2], 'int64', rawData(BigInt64Array.from([1n, -1n])))] : []),
  ];
  return Buffer.concat(
    [
      integer(1, 8),
      message(7, [
        ...nodes,
        text(2, 'classifier'),
        ...tensors,
        value(11, 'image', dtype, shape),
        ...(options.hasSecondInput ? [value(11, 'mask', 'float32', [1])] : []),
        value(12, 'logits', outputType, options.isConvolution ? ['batch', classes, 1, 1] : outputShape),
        ...(options.hasSecondOutput ? [value(12, 'hidden', 'float32', outputShape)] : []),
      ]),
      message(8, [text(1, ''), integer(2, 17)]),
    ].flat(),
  );
}

function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Encoded[],
): Encoded {
  return message(1, [
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(4, opType),
    ...attributes,
  ]);
}

const integerAttribute = (name: string, value: number): Encoded =>
  message(5, [text(1, name), integer(3, value), integer(20, 2)]);
const integersAttribute = (name: string, values: readonly number[]): Encoded =>
  message(5, [text(1, name), ...values.map((one) => integer(8, one)), integer(20, 7)]);

function tensor(
  name: string,
  shape: readonly number[],
  type: ElementType,
  content: readonly Encoded[],
): Encoded {
  return message(5, [
    ...shape.map((size) => integer(1, size)),
    integer(2, ELEMENT[type]),
    text(8, name),
    ...content,
  ]);
}

const rawData = (values: Float32Array | Uint16Array | BigInt64Array): Encoded[] => [
  bytes(9, [new Uint8Array(values.buffer)]),
];
const external = (location: string): Encoded[] => [
  message(13, [text(1, 'location'), text(2, location)]),
  integer(14, 1),
];

function value(field: number, name: string, type: ElementType, shape: Shape): Encoded {
  const dimensions = shape.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  return message(field, [
    text(1, name),
    message(2, [message(1, [integer(1, ELEMENT[type]), message(2, dimensions)])]),
  ]);
}
