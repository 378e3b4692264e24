import type { Gate, Reservation } from './gate.ts';

export interface ByteCollectorSettings {
  /** Lends the memory. */
  readonly gate: Gate;
  /** The most bytes that may come. */
  readonly maxBytes: number;
  /** What the sender announced; undefined where it did not. */
  readonly expectedBytes?: number | undefined;
  readonly owner?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The error for more than `maxBytes`. */
  readonly tooLarge: () => Error;
}

/** Bytes that arrive in pieces, kept in one buffer whose memory is reserved before it is used. */
export interface ByteCollector {
  /**
   * Copies a piece. Returns a promise where the piece has to wait for memory: no other may come before it resolves.
   *
   * @throws the error for too many bytes, or what {@link Gate.reserve} throws; at once or by the promise.
   */
  add(piece: Uint8Array): Promise<void> | undefined;
  /** All bytes so far, without a copy. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Gives the memory back at once; the bytes are gone. Nothing may read them any more, a running decoder least of all. */
  release(): void;
}

const FIRST_BYTES = 64 * 1024;
/** The usual photo of a web page; larger bodies are heavy, and leave it room. */
export const LIGHT_BODY_BYTES = 512 * 1024;

/**
 * A sender that announces much and sends little holds little: the buffer grows with what has come. It doubles, so that a
 * byte is copied once on average, and needs one and a half times its last size while it grows for the last time.
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
 * Lets `fill` add bytes and `use` read them, then gives their memory back. Nothing that `use` starts may read the bytes
 * after it has settled.
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
