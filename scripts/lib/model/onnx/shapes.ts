import { inField, replaceFields } from '../protobuf/edit.ts';
import { children, textOf } from '../protobuf/read.ts';
import { type Encoded, integer, message, text } from '../protobuf/write.ts';

/** A string, which may be empty, stands for a dimension of any size. */
export type Dimension = number | string;

// Field numbers of onnx/onnx.proto.
const MODEL = { graph: 7 };
const GRAPH = { input: 11, output: 12 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR = { shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { value: 1, name: 2 };

/**
 * Declares other shapes for inputs and outputs of a model, and leaves all other bytes as they are.
 *
 * @param shapes by the names of the inputs and outputs.
 * @returns the bytes of the model, in pieces.
 */
export function declareShapes(model: Uint8Array, shapes: ReadonlyMap<string, readonly Dimension[]>): Encoded {
  return replaceFields(
    model,
    inField(MODEL.graph, (graph) =>
      replaceFields(graph, ({ number, bytes }) => {
        if (bytes === undefined || (number !== GRAPH.input && number !== GRAPH.output)) return undefined;
        const shape = shapes.get(textOf(children(bytes, VALUE.name)[0]));
        if (shape === undefined) return undefined;
        const typed = inField(TYPE.tensor, (tensor) => withShape(tensor, shape));
        return message(number, [
          replaceFields(
            bytes,
            inField(VALUE.type, (type) => replaceFields(type, typed)),
          ),
        ]);
      }),
    ),
  );
}

function withShape(tensorType: Uint8Array, shape: readonly Dimension[]): Encoded {
  const others = replaceFields(tensorType, ({ number }) => (number === TENSOR.shape ? [] : undefined));
  return [...others, ...message(TENSOR.shape, shape.map(encodeDimension))];
}

function encodeDimension(size: Dimension): Encoded {
  const content = typeof size === 'number' ? integer(DIMENSION.value, size) : text(DIMENSION.name, size);
  return message(SHAPE.dimension, [content]);
}
