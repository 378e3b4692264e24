import type { Sample } from './corpus/index.ts';
import type { Random } from './random.ts';
import type { Changed } from './structures/parts.ts';

type Mutate = (bytes: Buffer, random: Random, corpus: readonly Sample[]) => Buffer;

/** The headers of all formats are here. Damage to them does more than damage to pixels. */
const HEADER_BYTES = 96;
const EDGE_VALUES = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
/** Sizes and offsets that may overflow. */
const EDGE_NUMBERS = [0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

const place = (bytes: Buffer, random: Random): number =>
  random.below(random.below(2) === 0 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length);

function block(bytes: Buffer, random: Random): Buffer {
  const start = random.below(bytes.length);
  return bytes.subarray(start, start + 1 + random.below(256));
}

function insert(bytes: Buffer, at: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

/** Each changes a copy of the bytes. */
const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'bit flips': (bytes, random) => {
    for (let flips = 1 + random.below(8); flips > 0; flips -= 1) {
      const at = place(bytes, random);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  'bytes overwritten': (bytes, random) => {
    const at = place(bytes, random);
    return bytes.fill(random.of(EDGE_VALUES), at, Math.min(at + 1 + random.below(16), bytes.length));
  },
  'a number overwritten': (bytes, random) => {
    if (bytes.length < 4) return bytes;
    const at = random.below(Math.max(1, Math.min(HEADER_BYTES * 4, bytes.length) - 4));
    const value = random.of(EDGE_NUMBERS);
    const width = random.of([2, 4]);
    const number = value % 2 ** (8 * width);
    if (random.below(2) === 0) bytes.writeUIntBE(number, at, width);
    else bytes.writeUIntLE(number, at, width);
    return bytes;
  },
  truncated: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'a stretch left out': (bytes, random) => {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
  },
  'bytes inserted': (bytes, random) =>
    insert(
      bytes,
      place(bytes, random),
      Buffer.from(Array.from({ length: 1 + random.below(32) }, () => random.below(256))),
    ),
  'a block repeated': (bytes, random) =>
    insert(
      bytes,
      place(bytes, random),
      Buffer.concat(Array.from({ length: 1 + random.below(8) }, () => block(bytes, random))),
    ),
  'a block copied over another place': (bytes, random) => {
    const from = Buffer.from(block(bytes, random));
    from.copy(bytes, random.below(bytes.length));
    return bytes;
  },
  'spliced with another image': (bytes, random, corpus) => {
    const other = random.of(corpus).bytes;
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]);
  },
};

const KINDS = Object.entries(MUTATIONS);

/** Damages the bytes of an image regardless of its format. One image in four is damaged twice. */
export function mutateBytes(sample: Sample, random: Random, corpus: readonly Sample[]): Changed {
  let bytes: Buffer = Buffer.from(sample.bytes);
  const done: string[] = [];
  for (let rounds = random.below(4) === 0 ? 2 : 1; rounds > 0 && bytes.length > 0; rounds -= 1) {
    const [name, mutate] = random.of(KINDS);
    bytes = Buffer.from(mutate(bytes, random, corpus));
    done.push(name);
  }
  return { bytes, did: done.join(', then ') };
}
