import type { Gate, Reservation } from './gate.ts';

export interface ByteCollectorSettings {
  /** Where the memory is reserved. */
  readonly gate: Gate;
  /** The most bytes to accept. */
  readonly maxBytes: number;
  /** What the sender announced, such as a Content-Length. Undefined if it announced nothing. */
  readonly expectedBytes?: number | undefined;
  /**
   * What is reserved in addition for each byte, such as for what is parsed from them. If there is any, all of it is reserved
   * with the first piece: those who hold a part and wait for the rest would wait for each other.
   *
   * @default 0
   */
  readonly copies?: number | undefined;
  readonly owner?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The error for more than `maxBytes`. */
  readonly tooLarge: () => Error;
}

/** Collects bytes that arrive in pieces into one buffer. Memory is reserved before it is used. */
export interface ByteCollector {
  /**
   * Takes the size from a source that is sure of it, such as a file. The memory for all of it is reserved with the first
   * piece.
   *
   * @throws the error for too many bytes
   */
  expect(bytes: number): void;
  /**
   * Copies a piece. If the piece has to wait for memory, returns a promise: add no other piece before it
   * resolves.
   *
   * @throws the error for too many bytes, or what {@link Gate.reserve} throws; directly or through the
   *   promise.
   */
  add(piece: Uint8Array): Promise<void> | undefined;
  /** All bytes so far, without a copy. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Releases the memory immediately. Nothing may still be reading the bytes, least of all a decoder. */
  release(): void;
}

const FIRST_BYTES = 64 * 1024;
/** A usual photo on a web page. Larger bodies are heavy claims. */
const LIGHT_BODY_BYTES = 512 * 1024;

/**
 * The buffer grows with the bytes that have arrived, so a sender that announces a lot but sends little holds
 * little memory. It doubles each time, so a byte is copied once on average. When it grows for the last time,
 * it needs one and a half times its final size: each size is a half of the next, and the last is what was announced.
 */
export function createByteCollector(settings: ByteCollectorSettings): ByteCollector {
  const { gate, maxBytes, copies = 0, owner, signal, tooLarge } = settings;
  let expectedBytes = Math.min(settings.expectedBytes ?? maxBytes, maxBytes);
  let isAtOnce = copies > 0;
  let buffer = new ArrayBuffer(0);
  let reservation: Reservation | undefined;
  let length = 0;

  function capacityFor(bytes: number): number {
    let capacity = bytes <= expectedBytes ? expectedBytes : maxBytes;
    if (isAtOnce) return capacity;
    if (bytes <= FIRST_BYTES) return Math.min(FIRST_BYTES, capacity);
    for (let half = capacity; half >= bytes; half = Math.floor(half / 2)) capacity = half;
    return capacity;
  }

  function append(piece: Uint8Array): void {
    new Uint8Array(buffer, length).set(piece);
    length += piece.byteLength;
  }

  function moveTo(capacity: number, next: Reservation, piece: Uint8Array): void {
    buffer = buffer.transfer(capacity);
    reservation?.release();
    reservation = next;
    append(piece);
  }

  return {
    expect(bytes) {
      if (bytes > maxBytes) throw tooLarge();
      expectedBytes = bytes;
      isAtOnce = true;
    },
    add(piece) {
      const needed = length + piece.byteLength;
      if (needed > maxBytes) throw tooLarge();
      if (needed <= buffer.byteLength) {
        append(piece);
        return undefined;
      }
      const capacity = capacityFor(needed);
      const amount = capacity * (1 + copies);
      const claim = { amount, isHeavy: amount > LIGHT_BODY_BYTES, owner, signal };
      const next = gate.tryReserve(claim);
      if (!next) return gate.reserve(claim).then((granted) => moveTo(capacity, granted, piece));
      moveTo(capacity, next, piece);
      return undefined;
    },
    bytes: () => new Uint8Array(buffer, 0, length),
    release() {
      buffer.transfer(0);
      buffer = new ArrayBuffer(0);
      length = 0;
      reservation?.release();
      reservation = undefined;
    },
  };
}

/**
 * Lets `fill` add bytes and `use` read them, then releases their memory. Once `use` has settled, nothing that
 * it started may still read the bytes.
 */
export async function withCollectedBytes<Result>(
  settings: ByteCollectorSettings,
  fill: (add: ByteCollector['add'], expect: ByteCollector['expect']) => Promise<void>,
  use: (bytes: Uint8Array<ArrayBuffer>) => Promise<Result>,
): Promise<Result> {
  const collector = createByteCollector(settings);
  try {
    await fill(collector.add, collector.expect);
    return await use(collector.bytes());
  } finally {
    collector.release();
  }
}
