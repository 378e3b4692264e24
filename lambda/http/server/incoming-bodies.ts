import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../../errors.ts';
import type { BodyReader } from '../body/source.ts';
import { stopParsing } from './stop-parsing.ts';

/** Bodies are looked at that often. */
const TICK_MS = 1000;
/** A client that sends less in five seconds is not going to finish; a phone with a bad connection sends more. */
const WINDOW_TICKS = 5;
const MIN_BYTES_A_WINDOW = 8 * 1024;
/** One that sends less in a second has to go where its memory, or its connection, is wanted. */
const SLOW_BYTES_A_TICK = 32 * 1024;
/** While a body waits for memory, a slow one is ended that often. */
const RELIEF_MS = 50;

/** Each piece takes a microsecond, however small. Senders of chunks fill a line, or a packet. */
const MIN_PIECE_BYTES = 32;
/** So many may be smaller on average. */
const SMALL_PIECES = 200;

/** One body on its way in. */
interface Incoming {
  /** Bytes of the last whole second; undefined in the first one. */
  lastTickBytes: number | undefined;
  isWaiting: boolean;
  readonly fail: (error: unknown) => void;
}

/** The bodies on their way into the server. */
export interface IncomingBodies {
  /**
   * Reads the body of a request as it comes in. Every piece is handed on at once, so that none is kept, however small. A
   * client that falls below the minimum rate is refused, and one that keeps the parser busy with tiny chunks is cut off.
   *
   * @param onStart called when the body is asked for.
   */
  readerOf(incoming: IncomingMessage, onStart: () => void): BodyReader;
  /** Ends the slowest body, where one is slow. @returns whether there was one. */
  endSlowest(): boolean;
}

export function createIncomingBodies(): IncomingBodies {
  const open = new Set<Incoming>();

  function endSlowest(): boolean {
    let slowest: Incoming | undefined;
    for (const body of open) {
      const isSlow = !body.isWaiting && (body.lastTickBytes ?? Number.POSITIVE_INFINITY) < SLOW_BYTES_A_TICK;
      if (isSlow && (body.lastTickBytes ?? 0) < (slowest?.lastTickBytes ?? Number.POSITIVE_INFINITY))
        slowest = body;
    }
    slowest?.fail(tooSlow('Its memory is wanted for others: the body came too slowly.'));
    return slowest !== undefined;
  }

  return {
    endSlowest,
    readerOf: (incoming, onStart) => (take) =>
      new Promise((resolve, reject) => {
        let received = 0;
        let pieces = 0;
        let receivedAtTick = 0;
        let receivedAtWindow = 0;
        let ticks = 0;
        let waiting: Promise<void> | undefined;
        const body: Incoming = { lastTickBytes: undefined, isWaiting: false, fail };

        function onData(piece: Uint8Array): void {
          received += piece.byteLength;
          pieces += 1;
          if (received < (pieces - SMALL_PIECES) * MIN_PIECE_BYTES) {
            fail(tooSmallPieces());
            stopParsing(incoming.socket);
            return;
          }
          try {
            const taken = take(piece);
            if (taken) waitFor(taken);
          } catch (error) {
            fail(error);
          }
        }

        function waitFor(taken: Promise<void>): void {
          body.isWaiting = true;
          incoming.pause();
          endSlowest();
          const relief = setInterval(endSlowest, RELIEF_MS);
          waiting = taken.finally(() => {
            clearInterval(relief);
            waiting = undefined;
            body.isWaiting = false;
          });
          waiting.then(() => incoming.resume(), fail);
        }

        function onTick(): void {
          body.lastTickBytes = received - receivedAtTick;
          receivedAtTick = received;
          ticks += 1;
          if (ticks % WINDOW_TICKS !== 0) return;
          if (!waiting && received - receivedAtWindow < MIN_BYTES_A_WINDOW) {
            fail(
              tooSlow(
                `Expected at least ${MIN_BYTES_A_WINDOW} bytes of the body in ${WINDOW_TICKS} s, got fewer.`,
              ),
            );
          }
          receivedAtWindow = received;
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
          open.delete(body);
          clearInterval(timer);
          incoming.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose);
        }

        open.add(body);
        const timer = setInterval(onTick, TICK_MS);
        onStart();
        if (incoming.readableEnded) onEnd();
        else if (incoming.destroyed) onClose();
        else incoming.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
      }),
  };
}

const tooSlow = (detail: string): ServiceError => new ServiceError('request_timeout', detail);

function tooSmallPieces(): ServiceError {
  return new ServiceError(
    'invalid_request',
    `Expected a body in chunks of at least ${MIN_PIECE_BYTES} bytes on average, got smaller ones.`,
  );
}
