/** As many bytes as are worth a thread's while. */
const BLOCK_BYTES = 16 * 1024;

/** Bytes on their way to work that takes them in blocks. Call each function when the one before is done. */
export interface Blocks {
  add(piece: Uint8Array): Promise<void> | undefined;
  /** Passes on what is left. */
  flush(): Promise<void>;
}

/**
 * Joins small pieces, and passes on large ones as they are. Each block goes to a thread and back, so without this a
 * client that sends a few bytes at a time would cost far more than others.
 *
 * @param take must be done with the bytes when its promise resolves.
 */
export function inBlocks(take: (block: Uint8Array) => Promise<void>): Blocks {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;

  async function flush(): Promise<void> {
    if (filled === 0) return;
    const bytes = block.subarray(0, filled);
    filled = 0;
    await take(bytes);
  }

  async function flushAndTake(piece: Uint8Array): Promise<void> {
    await flush();
    await take(piece);
  }

  return {
    add(piece) {
      if (filled + piece.byteLength > BLOCK_BYTES) return flushAndTake(piece);
      block.set(piece, filled);
      filled += piece.byteLength;
      return undefined;
    },
    flush,
  };
}
