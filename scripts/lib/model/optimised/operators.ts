/** Operators that give the same result on every processor. Their domain is empty for ONNX's own operators. */
const ALLOWED: ReadonlySet<string> = new Set([
  'com.microsoft.NhwcMaxPool',
  'com.microsoft.QGemm',
  'com.microsoft.QLinearAdd',
  'com.microsoft.QLinearConv',
  'com.microsoft.QLinearGlobalAveragePool',
  'Flatten',
  'Transpose',
]);

/**
 * ONNX Runtime may optimise a graph for the processor that it runs on: convolutions of the domain
 * `com.microsoft.nchwc` have blocks as wide as its vectors. Such a graph would be slow, or fail, elsewhere.
 *
 * @throws Error that names the operators that another processor may not have.
 */
export function requirePortable(model: Uint8Array, path: string): void {
  const others = [...new Set(operatorsOf(model))].filter((name) => !ALLOWED.has(name));
  if (others.length > 0) {
    throw new Error(`${path}: expected operators that every processor has, got ${others.join(', ')}`);
  }
}

/** @returns the operator of each node of an ONNX model, such as `com.microsoft.QGemm`. */
export function operatorsOf(model: Uint8Array): string[] {
  // The numbers are the field numbers of onnx/onnx.proto: ModelProto.graph, GraphProto.node, and of NodeProto
  // op_type and domain.
  const nodes = children(model, 7).flatMap((graph) => children(graph, 1));
  return nodes.map((node) =>
    [...children(node, 7), ...children(node, 4)].map(text).filter(Boolean).join('.'),
  );
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/**
 * The fields of a protobuf message with that number, which must hold bytes.
 * protobuf.dev/programming-guides/encoding describes the encoding.
 */
function children(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;

  function skip(bytes: number): void {
    at += bytes;
    if (at > message.length) throw new Error('expected an ONNX model, but it ends too early');
  }

  function varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      skip(1);
      const byte = message[at - 1] as number;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  while (at < message.length) {
    const tag = varint();
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        skip(8);
        break;
      case 2: {
        const length = varint();
        skip(length);
        if (Math.floor(tag / 8) === wanted) found.push(message.subarray(at - length, at));
        break;
      }
      case 5:
        skip(4);
        break;
      default:
        throw new Error('expected an ONNX model, got other bytes');
    }
  }
  return found;
}
