import type { IncomingMessage } from 'node:http';

/** What is read of a body that nobody wants, so that its sender sees the answer. */
const MAX_DISCARDED_BYTES = 256 * 1024;
const DISCARD_MS = 500;

/**
 * Reads the rest of a body and forgets it. A connection that is closed with unread bytes is reset, and the reset takes
 * the answer with it. Gives up on what is large or slow.
 */
export function discardRest(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const onData = (piece: Uint8Array) => {
      bytes += piece.byteLength;
      if (bytes > MAX_DISCARDED_BYTES) stop();
    };
    const timer = setTimeout(() => stop(), DISCARD_MS);
    function stop(): void {
      clearTimeout(timer);
      incoming.off('data', onData).off('end', stop).off('close', stop).pause();
      resolve();
    }
    const isLarge = Number(incoming.headers['content-length'] ?? 0) > MAX_DISCARDED_BYTES;
    if (isLarge || incoming.readableEnded || incoming.destroyed) stop();
    else incoming.on('data', onData).on('end', stop).on('close', stop).resume();
  });
}
