import type { Sample } from '../corpus/index.ts';
import { mutateBytes } from '../mutations.ts';
import type { Random } from '../random.ts';

/** A request of the Open Inference Protocol. */
export interface InferMutant {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly did: string;
}

type Json = Record<string, unknown>;

interface ValidRequest {
  readonly model: 'fake' | 'fake-image';
  readonly json: { inputs: Json[]; [name: string]: unknown };
  readonly binary: Buffer;
}

const VALUES = 3 * 224 * 224;
/** JSON of a whole image takes 600 KB, so few requests have it. */
const TENSOR_IN = 16;
const JSON_TENSOR_IN = 4;

const NUMBERS = [
  0,
  1,
  -1,
  2,
  3,
  15,
  16,
  17,
  224,
  225,
  602_112,
  1.5,
  -0,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  1e300,
  -(2 ** 31),
];
const VALUES_OF_OTHER_TYPES = [
  null,
  true,
  false,
  '',
  'x',
  '1',
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  'data',
  'FP32',
  'BYTES',
];
const NAMES = [
  'inputs',
  'outputs',
  'id',
  'parameters',
  'name',
  'shape',
  'datatype',
  'data',
  'binary_data_size',
  'binary_data',
  'binary_data_output',
  'classification',
  'shared_memory_region',
  '__proto__',
  'constructor',
  'toString',
];
const LENGTHS = [
  '',
  '0',
  '-0',
  '1',
  '2',
  '-1',
  '+5',
  '0x10',
  '1e3',
  '5.0',
  '99999999999999999999',
  '4294967296',
  'NaN',
  ' 7 ',
];

/** A valid request of any kind. @param takePhoto makes the next photo */
function validRequest(takePhoto: () => Uint8Array, random: Random): ValidRequest {
  const outputs = random.of([
    {},
    { outputs: [] },
    { parameters: { binary_data_output: true } },
    { outputs: [{ name: 'probabilities', parameters: { binary_data: true } }] },
    { outputs: [{ name: 'probabilities', parameters: { classification: random.of([1, 5, 1000]) } }] },
  ]);
  const common = { id: 'a', ...outputs };
  if (random.below(TENSOR_IN) === 0) {
    const input = { name: 'input', datatype: 'FP32', shape: [1, 3, 224, 224] };
    if (random.below(JSON_TENSOR_IN) === 0) {
      const data = Array.from({ length: VALUES }, (_, index) => index % 3);
      return { model: 'fake', json: { ...common, inputs: [{ ...input, data }] }, binary: Buffer.alloc(0) };
    }
    const parameters = { binary_data_size: VALUES * 4 };
    return {
      model: 'fake',
      json: { ...common, inputs: [{ ...input, parameters }] },
      binary: Buffer.alloc(VALUES * 4),
    };
  }
  const photos = Array.from({ length: random.of([1, 1, 2, 16]) }, takePhoto);
  const input = { name: 'image', datatype: 'BYTES', shape: [photos.length] };
  if (random.below(2) === 0) {
    const data = photos.map((photo) => Buffer.from(photo).toString('base64'));
    return {
      model: 'fake-image',
      json: { ...common, inputs: [{ ...input, data }] },
      binary: Buffer.alloc(0),
    };
  }
  const binary = Buffer.concat(
    photos.flatMap((photo) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(photo.length);
      return [length, photo];
    }),
  );
  const parameters = { binary_data_size: binary.length };
  return { model: 'fake-image', json: { ...common, inputs: [{ ...input, parameters }] }, binary };
}

/** Every object and array in a value, with their members. */
function containers(value: unknown): (Json | unknown[])[] {
  if (typeof value !== 'object' || value === null) return [];
  // The numbers of a tensor would outnumber everything else.
  const members = Object.values(value).slice(0, 50);
  return [value as Json, ...members.flatMap(containers)];
}

/** Names such as `__proto__` become members like any other. */
function setMember(container: Json | unknown[], key: string, value: unknown): void {
  const copy = structuredClone(value);
  Object.defineProperty(container, key, {
    value: copy,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** Changes one place of a JSON value. */
function mutateJson(json: Json, random: Random): string {
  const container = random.of(containers(json));
  const keys = Object.keys(container).slice(0, 50);
  const key = keys.length > 0 ? random.of(keys) : random.of(NAMES);
  const value = Object.hasOwn(container, key) ? (container as Json)[key] : 1;
  switch (random.below(5)) {
    case 0:
      delete (container as Json)[key];
      return `${key} left out`;
    case 1: {
      const number = random.of(NUMBERS);
      setMember(container, key, number);
      return `${key} is ${number}`;
    }
    case 2: {
      const other = random.of(VALUES_OF_OTHER_TYPES);
      setMember(container, key, other);
      return `${key} is ${JSON.stringify(other)}`;
    }
    case 3: {
      const name = random.of(NAMES);
      setMember(container, name, value);
      return `${key} copied to ${name}`;
    }
    default:
      if (Array.isArray(container)) container.push(structuredClone(container[0]));
      else setMember(container, key, [value]);
      return `more of ${key}`;
  }
}

/** JSON texts that no object is written as. */
const TEXTS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/"data":\[/, `"data":${'['.repeat(100_000)}`),
  (text) => text.replace(/"data":\[/, '"data":[NaN,'),
  (text) => text.replace(/"data":\[/, '"data":[1e999,'),
  (text) => text.replace(/"data":\[/, `"data":[${'9'.repeat(100_000)},`),
  (text) => text.replace(/"data":\[/, `"data":[${'[],'.repeat(100_000)}`),
  (text) => text.replace(/"data":\[/, `"data":["${'\\"'.repeat(50_000)}",`),
  (text) => text.replace(/"data":\[/, '"d\\u0061ta":['),
  (text) => text.replace(/"data":/, '"data":[1],"data":'),
  (text) => text.replace(/"shape":\[1/, '"shape":[-9223372036854775808'),
  (text) => `\uFEFF${text}`,
  (text) => `${text}${text}`,
  (text) => text.slice(0, -1),
  (text) => ' '.repeat(20_000) + text,
];

/** Damages a valid request. @param takePhoto makes the next photo */
export function mutateInfer(takePhoto: () => Uint8Array, random: Random): InferMutant {
  const { model, json, binary } = validRequest(takePhoto, random);
  const did: string[] = [];
  for (let rounds = random.of([0, 1, 1, 2]); rounds > 0; rounds -= 1) did.push(mutateJson(json, random));
  let text: Uint8Array = Buffer.from(JSON.stringify(json));
  let rest: Uint8Array = binary;
  const damage = random.below(8);
  if (damage === 0) {
    text = Buffer.from(random.of(TEXTS)(text.toString()));
    did.push('another text');
  } else if (damage === 1) {
    const changed = mutateBytes({ bytes: text } as Sample, random, [{ bytes: text } as Sample]);
    text = changed.bytes;
    did.push(`JSON: ${changed.did}`);
  } else if (damage === 2 && rest.length > 0) {
    const changed = mutateBytes({ bytes: rest } as Sample, random, [{ bytes: rest } as Sample]);
    rest = changed.bytes;
    did.push(`binary: ${changed.did}`);
  }
  const isLie = random.below(6) === 0;
  const length = isLie
    ? random.of([...LENGTHS, String(random.below(text.length + rest.length + 2))])
    : String(text.length);
  if (isLie) did.push(`header length ${length}`);
  const hasLength = binary.length > 0 ? random.below(20) > 0 : isLie;
  return {
    path: `/v2/models/${random.below(20) === 0 ? random.of(['fake', 'fake-image']) : model}${random.of(['', '', '/versions/9.9.9'])}/infer`,
    headers: hasLength ? { 'inference-header-content-length': length } : {},
    body: Buffer.concat([text, rest]),
    did: did.join(', ') || 'nothing',
  };
}
