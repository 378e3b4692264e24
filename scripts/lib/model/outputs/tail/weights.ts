import { ELEMENT, type ElementType, elementName } from '../../onnx/elements.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import type { Constant } from './constant.ts';
import { NoTail } from './no-tail.ts';

/** The weights of a dense layer: a matrix with an axis for the classes and one for the channels. */
export interface Weights {
  /** As it is stored. */
  readonly tensor: Tensor;
  readonly dtype: 'float32' | 'int8' | 'uint8';
  readonly classAxis: 0 | 1;
  readonly classes: number;
  readonly channels: number;
  /** One number for all weights, or one for each class. Undefined for float32. */
  readonly quantization:
    | { readonly scale: readonly number[]; readonly zeroPoint: readonly number[] }
    | undefined;
}

/**
 * @param classAxis of the matrix as the dense layer takes it.
 * @throws NoTail for weights that are not constant, or of another type.
 */
export function weightsOf(constant: Constant | undefined, classAxis: 0 | 1): Weights {
  if (constant === undefined) throw new NoTail('expected constant weights of the dense layer, got others');
  const { tensor, isTransposed, quantization } = constant;
  const stored = isTransposed ? (classAxis === 0 ? 1 : 0) : classAxis;
  const classes = tensor.shape[stored];
  const channels = tensor.shape[1 - stored];
  if (tensor.shape.length !== 2 || classes === undefined || channels === undefined) {
    throw new NoTail(`expected a matrix as weights of the dense layer, got [${tensor.shape.join(', ')}]`);
  }
  const expected: readonly ElementType[] = quantization ? ['int8', 'uint8'] : ['float32'];
  if (!expected.some((type) => ELEMENT[type] === tensor.elementType)) {
    throw new NoTail(
      `expected weights of the dense layer in ${expected.join(' or ')}, got ${elementName(tensor.elementType)}`,
    );
  }
  const counts = [quantization?.scale.length ?? 1, quantization?.zeroPoint.length ?? 1];
  if (counts.some((count) => count !== 1 && (count !== classes || quantization?.axis !== stored))) {
    throw new NoTail('expected one scale for all weights of the dense layer, or one for each class');
  }
  return {
    tensor,
    dtype: elementName(tensor.elementType) as Weights['dtype'],
    classAxis: stored,
    classes,
    channels,
    quantization,
  };
}
