import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../../errors.ts';
import type { BodyReader } from '../body/source.ts';

/** A client that sends less in this time is not going to finish; a phone with a bad connection sends more. */
const WINDOW_MS = 5000;
const MIN_BYTES_A_WINDOW = 8 * 1024;

/** Each piece takes a microsecond, however small. Senders of chunks fill a line, or a packet. */
const MIN_PIECE_BYTES = 32;
/** So many may be smaller on average. */
const SMALL_PIECES = 1000;

/**
 * Reads the body of a request as it comes in. Every piece is handed on at once, so that none is kept, however small. A
 * client that falls below the minimum rate is refused, and one that keeps the parser busy with tiny chunks is cut off.
 *
 * @param onStart called when the body is asked for.
 */
export function incomingBody(incoming: IncomingMessage, onStart: () => void): BodyReader {
  return (take) =>
    new Promise((resolve, reject) => {
      let received = 0;
      let pieces = 0;
      let counted = 0;
      let waiting: Promise<void> | undefined;

      function onData(piece: Uint8Array): void {
        received += piece.byteLength;
        pieces += 1;
        if (received < (pieces - SMALL_PIECES) * MIN_PIECE_BYTES) {
          fail(tooSmallPieces());
          incoming.destroy();
          return;
        }
        try {
          waiting = take(piece)?.finally(() => {
            waiting = undefined;
          });
          if (!waiting) return;
          incoming.pause();
          waiting.then(() => incoming.resume(), fail);
        } catch (error) {
          fail(error);
        }
      }
      function onEnd(): void {
        stop();
        void (waiting ?? Promise.resolve()).then(resolve, reject);
      }
      const onClose = () => fail(new Error('The client closed the connection.'));
      function fail(error: unknown): void {
        stop();
        incoming.pause();
        reject(error);
      }
      function stop(): void {
        clearInterval(rate);
        incoming.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
      }
      const rate = setInterval(() => {
        if (!waiting && received - counted < MIN_BYTES_A_WINDOW) fail(tooSlow());
        counted = received;
      }, WINDOW_MS);

      onStart();
      if (incoming.readableEnded) onEnd();
      else if (incoming.destroyed) onClose();
      else incoming.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
    });
}

/** What is read of a body that nobody wants, so that its sender sees the answer. */
const MAX_DISCARDED_BYTES = 2 ** 20;
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
    if (incoming.readableEnded || incoming.destroyed) stop();
    else incoming.on('data', onData).on('end', stop).on('close', stop).resume();
  });
}

function tooSlow(): ServiceError {
  return new ServiceError(
    'request_timeout',
    `Expected at least ${MIN_BYTES_A_WINDOW} bytes of the body in ${WINDOW_MS / 1000} s, got fewer.`,
  );
}

function tooSmallPieces(): ServiceError {
  return new ServiceError(
    'invalid_request',
    `Expected a body in chunks of at least ${MIN_PIECE_BYTES} bytes on average, got smaller ones.`,
  );
}
