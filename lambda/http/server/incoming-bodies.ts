import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../../errors.ts';
import type { BodyReader } from '../body/source.ts';
import { stopParsing } from './stop-parsing.ts';

/** How often the progress of bodies is checked. */
const TICK_MS = 1000;
/** A client that sends less in five seconds will not finish. A phone with a bad connection sends more. */
const WINDOW_TICKS = 5;
const MIN_BYTES_A_WINDOW = 8 * 1024;
/** A body slower than this is ended when others need its memory or its connection. */
const SLOW_BYTES_A_TICK = 32 * 1024;
/** A body of which nothing has arrived for this long is ended when the server stops. */
const STALLED_TICKS = 3;
/** How often a slow body is ended while another one waits for memory. */
const RELIEF_MS = 50;

/** Each piece takes a microsecond, even a small one. Normal senders of chunks fill a line or a packet. */
const MIN_PIECE_BYTES = 32;
/** This many pieces may come before their average size is checked. */
const SMALL_PIECES = 200;

/** One body that is being received. */
interface Incoming {
  /** Bytes received in the last whole second; undefined in the first second. */
  lastTickBytes: number | undefined;
  /** Whole seconds since the last byte. */
  silentTicks: number;
  isWaiting: boolean;
  readonly fail: (error: unknown) => void;
}

/** The bodies that the server is receiving. */
export interface IncomingBodies {
  /**
   * Reads the body of a request as it arrives. Every piece is passed on immediately, so none is kept. A
   * client that falls below the minimum rate is refused. One that keeps the parser busy with tiny chunks is
   * disconnected.
   *
   * @param onStart called when reading begins.
   */
  readerOf(incoming: IncomingMessage, onStart: () => void): BodyReader;
  /** Ends the slowest body, if any is slow. @returns whether there was one. */
  endSlowest(): boolean;
  /** Ends the bodies that have stalled, because the server stops. */
  endStalled(): void;
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
    slowest?.fail(tooSlow('The body arrived too slowly, and other requests need its memory.'));
    return slowest !== undefined;
  }

  function endStalled(): void {
    for (const body of open)
      if (!body.isWaiting && body.silentTicks >= STALLED_TICKS)
        body.fail(tooSlow('The service stops, and nothing of the body arrived for seconds.'));
  }

  return {
    endSlowest,
    endStalled,
    readerOf:
      (incoming, onStart) =>
      (take, waitsForMemory = () => true) =>
        new Promise((resolve, reject) => {
          let received = 0;
          let pieces = 0;
          let receivedAtTick = 0;
          let receivedAtWindow = 0;
          let ticks = 0;
          let waiting: Promise<void> | undefined;
          const { socket } = incoming;
          const body: Incoming = { lastTickBytes: undefined, silentTicks: 0, isWaiting: false, fail };

          function onData(piece: Uint8Array): void {
            received += piece.byteLength;
            pieces += 1;
            if (received < (pieces - SMALL_PIECES) * MIN_PIECE_BYTES) {
              fail(tooSmallPieces());
              stopParsing(socket);
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
            relieve();
            const relief = setInterval(relieve, RELIEF_MS);
            waiting = taken.finally(() => {
              clearInterval(relief);
              waiting = undefined;
              body.isWaiting = false;
            });
            waiting.then(() => incoming.resume(), fail);
          }

          function relieve(): void {
            if (waitsForMemory()) endSlowest();
          }

          function onTick(): void {
            body.lastTickBytes = received - receivedAtTick;
            receivedAtTick = received;
            body.silentTicks = body.lastTickBytes > 0 ? 0 : body.silentTicks + 1;
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
            socket.off('close', onClose);
          }

          open.add(body);
          const timer = setInterval(onTick, TICK_MS);
          onStart();
          if (incoming.readableEnded) onEnd();
          else if (incoming.destroyed) onClose();
          else {
            incoming.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose);
            // Once a request is answered, Node.js does not tell it that the connection is closed.
            socket.once('close', onClose);
          }
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
