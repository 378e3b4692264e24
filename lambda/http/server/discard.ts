import type { IncomingMessage } from 'node:http';

/** How much of an unwanted body is read, so that its sender sees the answer. */
const MAX_DISCARDED_BYTES = 256 * 1024;
const DISCARD_MS = 500;

/**
 * Reads the rest of a body and drops it. Closing a connection with unread bytes resets it, and the client may
 * then lose the answer. Gives up if the body is large or slow.
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
