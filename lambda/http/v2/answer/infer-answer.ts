import type { Label } from '../../../model/manifest.ts';
import type { Steps } from '../../loop-share.ts';
import { invalidFields } from '../../validate.ts';
import { HEADER_LENGTH } from '../request/header-length.ts';
import type { InferRequest } from '../request/infer-request.ts';
import type { ServedModel } from '../served-models.ts';
import type { TensorDescription } from '../tensors.ts';
import { classifications } from './classification.ts';

export interface InferAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface AnswerParts {
  readonly model: Pick<ServedModel, 'name' | 'version'>;
  readonly request: Pick<InferRequest, 'id' | 'output'>;
  readonly output: TensorDescription;
  readonly labels: readonly Label[];
  /** For each item of the batch, one value for each class. */
  readonly rows: readonly Float32Array[];
}

/**
 * Writes the answer to an infer request.
 *
 * @throws ServiceError `invalid_request` for values that JSON cannot hold.
 */
export function* writeInferAnswer({ model, request, output, labels, rows }: AnswerParts): Steps<InferAnswer> {
  const { classes, isBinary } = request.output;
  const tensor =
    classes > 0
      ? yield* classTensor({ rows, classes, labels }, isBinary)
      : yield* floatTensor(rows, isBinary);
  const described = JSON.stringify({
    name: output.name,
    datatype: tensor.datatype,
    shape: [rows.length, classes > 0 ? classes : output.dims[0]],
    ...(isBinary ? { parameters: { binary_data_size: tensor.bytes.byteLength } } : {}),
  });
  const head = JSON.stringify({
    model_name: model.name,
    model_version: model.version,
    ...(request.id === undefined ? {} : { id: request.id }),
  });
  const start = `${head.slice(0, -1)},"outputs":[${described.slice(0, -1)}`;
  if (!isBinary) {
    return {
      headers: { 'content-type': 'application/json' },
      body: concat([Buffer.from(`${start},"data":`), tensor.bytes, Buffer.from('}]}')]),
    };
  }
  const json = Buffer.from(`${start}}]}`);
  return {
    headers: { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(json.byteLength) },
    body: concat([json, tensor.bytes]),
  };
}

interface WrittenTensor {
  readonly datatype: TensorDescription['datatype'];
  /** The binary data, or a JSON array. */
  readonly bytes: Uint8Array;
}

function* floatTensor(rows: readonly Float32Array[], isBinary: boolean): Steps<WrittenTensor> {
  const parts: Uint8Array[] = [];
  for (const [index, row] of rows.entries()) {
    if (isBinary) parts.push(new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    else parts.push(Buffer.from(numbersText(row, index)));
    yield;
  }
  return { datatype: 'FP32', bytes: isBinary ? concat(parts) : jsonArray(parts) };
}

function numbersText(row: Float32Array, index: number): string {
  if (row.every(Number.isFinite)) return row.join(',');
  throw invalidFields([
    {
      field: 'body.outputs.0.parameters.binary_data',
      message: `expected true, as JSON cannot hold the values NaN and Infinity that item ${index} of the batch got`,
    },
  ]);
}

interface Ranked extends Pick<AnswerParts, 'rows' | 'labels'> {
  readonly classes: number;
}

function* classTensor({ rows, classes, labels }: Ranked, isBinary: boolean): Steps<WrittenTensor> {
  const parts: Uint8Array[] = [];
  for (const row of rows) {
    const strings = classifications(row, classes, labels);
    parts.push(isBinary ? byteStrings(strings) : Buffer.from(JSON.stringify(strings).slice(1, -1)));
    yield;
  }
  return { datatype: 'BYTES', bytes: isBinary ? concat(parts) : jsonArray(parts) };
}

/** The elements of a tensor of BYTES, each with its length in front. */
function byteStrings(strings: readonly string[]): Uint8Array {
  return concat(
    strings.flatMap((string) => {
      const bytes = Buffer.from(string);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.byteLength);
      return [length, bytes];
    }),
  );
}

/** @param rows the elements of each row, separated by commas. */
const jsonArray = (rows: readonly Uint8Array[]): Uint8Array =>
  concat(rows.flatMap((row, index) => [Buffer.from(index === 0 ? '[' : ','), row]).concat(Buffer.from(']')));

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
