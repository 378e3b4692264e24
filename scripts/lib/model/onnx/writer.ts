import { bytes, type Encoded, integer, message, text } from '../protobuf/write.ts';
import { ELEMENT, type ElementType, type TensorPlace } from './elements.ts';

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** @default float32 */
  readonly dtype?: ElementType;
  /** The values in row-major order and little-endian, or the file that has them. */
  readonly data: ArrayBufferView | TensorPlace;
}

/** A number is an attribute of type INT, a list one of type INTS. Negative numbers are not supported. */
export type OnnxAttributes = Readonly<Record<string, number | readonly number[]>>;

export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  /** The name of the node's only output, and of the node. */
  readonly output: string;
  readonly attributes: OnnxAttributes;
}

/** An input or output. A string stands for a dimension of any size. */
export interface OnnxValue {
  readonly name: string;
  /** @default float32 */
  readonly dtype?: ElementType;
  /** Undefined for any shape. */
  readonly shape?: readonly (number | string)[] | undefined;
}

export interface OnnxGraph {
  readonly name: string;
  /** Topologically sorted. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly output: OnnxValue;
}

const IR_VERSION = 8;
const OPSET = 17;
const EXTERNAL = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/**
 * Encodes a graph as an ONNX model. The numbers are the field numbers of onnx/onnx.proto. Equal graphs give equal
 * bytes.
 *
 * @returns the bytes of the file, in pieces.
 */
export function encodeOnnx(graph: OnnxGraph): Encoded {
  return [
    integer(1, IR_VERSION),
    text(2, 'resnet50-serverless'),
    message(7, [
      ...graph.nodes.map((node) => message(1, encodeNode(node))),
      text(2, graph.name),
      ...graph.initializers.map((tensor) => message(5, encodeTensor(tensor))),
      ...graph.inputs.map((input) => message(11, encodeValue(input))),
      message(12, encodeValue(graph.output)),
    ]),
    message(8, [text(1, ''), integer(2, OPSET)]),
  ].flat();
}

function encodeNode({ opType, inputs, output, attributes }: OnnxNode): Encoded[] {
  return [
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, output),
    text(4, opType),
    ...Object.entries(attributes).map(([name, value]) => message(5, encodeAttribute(name, value))),
  ];
}

function encodeAttribute(name: string, value: number | readonly number[]): Encoded[] {
  return typeof value === 'number'
    ? [text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT)]
    : [text(1, name), ...value.map((item) => integer(8, item)), integer(20, ATTRIBUTE_INTS)];
}

function encodeTensor({ name, shape, dtype = 'float32', data }: OnnxTensor): Encoded[] {
  return [
    ...shape.map((size) => integer(1, size)),
    integer(2, ELEMENT[dtype]),
    text(8, name),
    ...('location' in data
      ? [...encodePlace(data), integer(14, EXTERNAL)]
      : [bytes(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])]),
  ];
}

const encodePlace = ({ location, offset, length }: TensorPlace): Encoded[] =>
  Object.entries({ location, offset, length }).map(([key, value]) =>
    message(13, [text(1, key), text(2, String(value))]),
  );

/** ValueInfoProto > TypeProto > TypeProto.Tensor > TensorShapeProto > Dimension. */
export function encodeValue({ name, dtype = 'float32', shape }: OnnxValue): Encoded[] {
  const dimensions = shape?.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  const tensor = [integer(1, ELEMENT[dtype]), ...(dimensions ? [message(2, dimensions)] : [])];
  return [text(1, name), message(2, [message(1, tensor)])];
}
