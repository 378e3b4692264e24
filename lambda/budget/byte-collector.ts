import type { Gate, Reservation } from './gate.ts';

export interface ByteCollectorSettings {
  /** Where the memory is reserved. */
  readonly gate: Gate;
  /** The most bytes to accept. */
  readonly maxBytes: number;
  /** What the sender announced, such as a Content-Length. Undefined if it announced nothing. */
  readonly expectedBytes?: number | undefined;
  readonly owner?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The error for more than `maxBytes`. */
  readonly tooLarge: () => Error;
}

/** Collects bytes that arrive in pieces into one buffer. Memory is reserved before it is used. */
export interface ByteCollector {
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
 * it needs one and a half times its final size.
 */
export function createByteCollector(settings: ByteCollectorSettings): ByteCollector {
  const { gate, maxBytes, expectedBytes = maxBytes, owner, signal, tooLarge } = settings;
  let buffer = new ArrayBuffer(0);
  let reservation: Reservation | undefined;
  let length = 0;

  function capacityFor(bytes: number): number {
    const grown = Math.max(FIRST_BYTES, buffer.byteLength * 2, bytes);
    return Math.min(grown, Math.max(bytes, Math.min(expectedBytes, maxBytes)));
  }

  function append(piece: Uint8Array): void {
    new Uint8Array(buffer, length).set(piece);
    length += piece.byteLength;
  }

  function moveTo(next: Reservation, piece: Uint8Array): void {
    buffer = buffer.transfer(next.amount);
    reservation?.release();
    reservation = next;
    append(piece);
  }

  return {
    add(piece) {
      const needed = length + piece.byteLength;
      if (needed > maxBytes) throw tooLarge();
      if (needed <= buffer.byteLength) {
        append(piece);
        return undefined;
      }
      const amount = capacityFor(needed);
      const claim = { amount, isHeavy: amount > LIGHT_BODY_BYTES, owner, signal };
      const next = gate.tryReserve(claim);
      if (!next) return gate.reserve(claim).then((granted) => moveTo(granted, piece));
      moveTo(next, piece);
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
  fill: (add: ByteCollector['add']) => Promise<void>,
  use: (bytes: Uint8Array<ArrayBuffer>) => Promise<Result>,
): Promise<Result> {
  const collector = createByteCollector(settings);
  try {
    await fill(collector.add);
    return await use(collector.bytes());
  } finally {
    collector.release();
  }
}
