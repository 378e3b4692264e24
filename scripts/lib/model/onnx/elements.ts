/** The numbers of ONNX's element types: TensorProto.DataType of onnx/onnx.proto. */
export const ELEMENT = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;

export type ElementType = keyof typeof ELEMENT;

/** @returns the name of a type, or its number if it is none of those that this code knows. */
export const elementName = (number: number): string =>
  Object.entries(ELEMENT).find(([, one]) => one === number)?.[0] ?? `ONNX's type ${number}`;

/** Where the values of a tensor are in another file, in bytes. ONNX calls it external data. */
export interface TensorPlace {
  /** The name of the file, beside that of the graph. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}
