import type { Label } from '../../../model/manifest.ts';
import type { Steps } from '../../loop-share.ts';
import { shortNumber } from '../../short-number.ts';
import { invalidFields } from '../../validate.ts';
import type { ItemOutputs } from '../infer/scored.ts';
import { HEADER_LENGTH } from '../request/header-length.ts';
import type { InferRequest } from '../request/infer-request.ts';
import type { ServedModel } from '../served-models.ts';
import type { OutputDescription, TensorDescription } from '../tensors.ts';
import { classifications } from './classification.ts';

export interface InferAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface AnswerParts {
  readonly model: Pick<ServedModel, 'name' | 'version'>;
  readonly request: Pick<InferRequest, 'id' | 'outputs'>;
  readonly labels: readonly Label[];
  /** For each item of the batch, what the model makes of it. */
  readonly items: readonly ItemOutputs[];
}

/**
 * Writes the answer to an infer request: its outputs in the order of the request, and after the JSON the binary data of
 * those that are to be binary, in the same order.
 *
 * @throws ServiceError `invalid_request` for values that JSON cannot hold.
 */
export function* writeInferAnswer({ model, request, labels, items }: AnswerParts): Steps<InferAnswer> {
  const head = JSON.stringify({
    model_name: model.name,
    model_version: model.version,
    ...(request.id === undefined ? {} : { id: request.id }),
  });
  const json: Uint8Array[] = [Buffer.from(`${head.slice(0, -1)},"outputs":[`)];
  const binary: Uint8Array[] = [];
  for (const [index, { output, classes, isBinary }] of request.outputs.entries()) {
    const rows = rowsOf(items, output);
    const tensor =
      classes > 0
        ? yield* classTensor({ rows, classes, labels }, isBinary)
        : yield* floatTensor(rows, isBinary, `body.outputs.${index}`);
    const described = JSON.stringify({
      name: output.name,
      datatype: tensor.datatype,
      shape: [rows.length, classes > 0 ? classes : output.dims[0]],
      ...(isBinary ? { parameters: { binary_data_size: tensor.bytes.byteLength } } : {}),
    });
    if (index > 0) json.push(Buffer.from(','));
    if (isBinary) {
      json.push(Buffer.from(described));
      binary.push(tensor.bytes);
    } else {
      json.push(Buffer.from(`${described.slice(0, -1)},"data":`), tensor.bytes, Buffer.from('}'));
    }
  }
  json.push(Buffer.from(']}'));
  if (binary.length === 0) return { headers: { 'content-type': 'application/json' }, body: concat(json) };
  const jsonBytes = json.reduce((sum, part) => sum + part.byteLength, 0);
  return {
    headers: { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(jsonBytes) },
    body: concat([...json, ...binary]),
  };
}

function rowsOf(items: readonly ItemOutputs[], { kind }: OutputDescription): readonly Float32Array[] {
  return items.map((item) => {
    const row = item[kind];
    if (!row) throw new TypeError(`Expected ${kind} for each item of the batch, got none.`);
    return row;
  });
}

interface WrittenTensor {
  readonly datatype: TensorDescription['datatype'];
  /** The binary data, or a JSON array. */
  readonly bytes: Uint8Array;
}

function* floatTensor(rows: readonly Float32Array[], isBinary: boolean, field: string): Steps<WrittenTensor> {
  const parts: Uint8Array[] = [];
  for (const [index, row] of rows.entries()) {
    if (isBinary) parts.push(new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    else parts.push(Buffer.from(numbersText(row, index, field)));
    yield;
  }
  return { datatype: 'FP32', bytes: isBinary ? concat(parts) : jsonArray(parts) };
}

function numbersText(row: Float32Array, index: number, field: string): string {
  if (row.every(Number.isFinite)) return Array.from(row, shortNumber).join(',');
  throw invalidFields([
    {
      field: `${field}.parameters.binary_data`,
      message: `expected true, as JSON cannot hold the values NaN and Infinity that item ${index} of the batch got`,
    },
  ]);
}

interface Ranked extends Pick<AnswerParts, 'labels'> {
  readonly rows: readonly Float32Array[];
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
