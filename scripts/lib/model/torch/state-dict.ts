import { z } from 'zod';
import { parseOrThrow } from '../../../../lambda/model/parse.ts';
import { readStoredZip } from './stored-zip.ts';
import { unpickle } from './unpickle.ts';

export type StateTensor =
  /** In row-major order. */
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  /** Counters of training steps. Inference does not need their values. */
  | { readonly dtype: 'int64'; readonly shape: readonly number[] };

/** Tensors by name, such as `layer1.0.conv1.weight`. */
export type StateDict = ReadonlyMap<string, StateTensor>;

const ITEM_BYTES = { float32: 4, int64: 8 };

class Storage {
  readonly dtype: keyof typeof ITEM_BYTES;
  readonly bytes: Buffer;

  constructor(dtype: keyof typeof ITEM_BYTES, bytes: Buffer) {
    this.dtype = dtype;
    this.bytes = bytes;
  }
}

/** The arguments of a call that makes a tensor. They are checked once its name is known, for the error. */
class PickledTensor {
  readonly args: readonly unknown[];

  constructor(args: readonly unknown[]) {
    this.args = args;
  }
}

const GLOBALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['collections.OrderedDict', () => new Map()],
  ['torch._utils._rebuild_tensor_v2', (...args: unknown[]) => new PickledTensor(args)],
  ['torch._utils._rebuild_parameter', (tensor: unknown) => tensor],
  ['torch.FloatStorage', 'float32'],
  ['torch.LongStorage', 'int64'],
]);

const count = z.number().int().nonnegative();
/** Type, key of the zip entry, the device it was saved from, number of items. */
const storageIdSchema = z.tuple([
  z.literal('storage'),
  z.enum(['float32', 'int64']),
  z.string(),
  z.string(),
  count,
]);
/** Storage, offset, shape and stride, all in items; then whether it has gradients, and hooks. */
const tensorArgsSchema = z
  .tuple([z.instanceof(Storage), count, z.array(count), z.array(count)])
  .rest(z.unknown());

/**
 * Reads a state dict written by `torch.save` in its zip format (PyTorch 1.6 and later). Supports only what a
 * state dict needs from a pickle, so the file cannot run any code.
 *
 * @returns views of `file` if the alignment allows it, which torch's 64 bytes do. The host must be
 * little-endian, as every host of ONNX Runtime is.
 * @throws Error in one line with the tensor: for types other than float32 and int64, for tensors that are not
 * contiguous, and for files that are truncated or not a state dict.
 */
export function readStateDict(file: Buffer): StateDict {
  const entries = readStoredZip(file);
  const pickleName = [...entries.keys()].find((name) => name.endsWith('/data.pkl'));
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName);
  if (pickleName === undefined || pickle === undefined) {
    throw new Error('expected a zip written by torch.save, found no data.pkl in it');
  }
  const root = pickleName.slice(0, -'data.pkl'.length);
  const byteOrder = entries.get(`${root}byteorder`)?.toString('latin1') ?? 'little';
  if (byteOrder !== 'little') throw new Error(`expected little-endian tensors, got ${byteOrder}`);

  const tensors = unpickle(pickle, {
    globals: GLOBALS,
    load: (id) => {
      const [, dtype, key] = parseOrThrow(storageIdSchema, id, 'a storage');
      const bytes = entries.get(`${root}data/${key}`);
      if (bytes === undefined) throw new Error(`the zip entry ${root}data/${key} is missing`);
      return new Storage(dtype, bytes);
    },
  });
  if (!(tensors instanceof Map)) throw new Error('expected a dictionary of tensors');
  return new Map([...tensors].map(([name, value]) => [String(name), readTensor(String(name), value)]));
}

function readTensor(name: string, value: unknown): StateTensor {
  if (!(value instanceof PickledTensor)) throw new Error(`${name}: expected a tensor`);
  const [{ dtype, bytes }, offset, shape, stride] = parseOrThrow(tensorArgsSchema, value.args, name);
  if (!isContiguous(shape, stride)) {
    throw new Error(`${name}: expected a contiguous tensor, got shape [${shape}] with stride [${stride}]`);
  }
  const items = shape.reduce((product, size) => product * size, 1);
  const [start, end] = [offset, offset + items].map((item) => item * ITEM_BYTES[dtype]) as [number, number];
  if (end > bytes.length) throw new Error(`${name}: expected ${end} bytes of storage, got ${bytes.length}`);
  if (dtype === 'int64') return { dtype, shape };
  const view = bytes.subarray(start, end);
  const aligned = view.byteOffset % 4 === 0 ? view : Uint8Array.from(view);
  return { dtype, shape, data: new Float32Array(aligned.buffer, aligned.byteOffset, items) };
}

/** torch may write any stride for a dimension of size 1, because it is never used. */
function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  return (
    shape.length === stride.length &&
    shape.toReversed().every((size, index) => {
      const right = size === 1 || stride.at(-1 - index) === expected;
      expected *= size;
      return right;
    })
  );
}
