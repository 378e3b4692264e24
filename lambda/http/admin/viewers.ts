import { ServiceError } from '../../errors.ts';
import type { Live, LiveEvent } from '../../telemetry/live/live.ts';

/** Each holds a connection, and up to 4 MB if it is slow to read. */
export const MAX_VIEWERS = 8;
/** Events that a viewer may leave unread: those of 15 s, after the service and the half megabyte of the history. */
export const MAX_UNREAD = 15;
const FIRST_EVENTS = 2;
const RETRY_AFTER_SECONDS = 10;
/** For viewers to read the end of their streams. */
const END_GRACE_MS = 200;

/** The clients that watch the live view. */
export interface Viewers {
  /**
   * Starts a stream of server-sent events. A viewer that falls behind is disconnected.
   *
   * @param disconnect ends the connection, even if its client reads nothing.
   * @throws ServiceError `overloaded` if there are too many viewers; `not_ready` after {@link endAll}.
   */
  open(disconnect?: (() => void) | undefined): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Ends all streams, and lets no new viewer in. */
  endAll(): void;
}

interface Viewer {
  end(): void;
}

export function createViewers(live: Pick<Live, 'soFar' | 'subscribe'>): Viewers {
  const viewers = new Set<Viewer>();
  let hasEnded = false;

  function open(disconnect: () => void = () => {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (hasEnded) throw new ServiceError('not_ready', 'The service is shutting down.');
    if (viewers.size >= MAX_VIEWERS) {
      throw new ServiceError('overloaded', `The live view has ${MAX_VIEWERS} viewers already. Try again.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    let unsubscribe = () => {};
    let leave = () => {};
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start(controller) {
          const viewer: Viewer = {
            end() {
              leave();
              controller.close();
              setTimeout(disconnect, END_GRACE_MS).unref();
            },
          };
          leave = () => {
            viewers.delete(viewer);
            unsubscribe();
          };
          viewers.add(viewer);
          for (const event of live.soFar()) controller.enqueue(encode(event));
          unsubscribe = live.subscribe((event) => {
            const hasRoom = (controller.desiredSize ?? 0) > 0;
            if (hasRoom) return controller.enqueue(encode(event));
            leave();
            disconnect();
          });
        },
        cancel: () => leave(),
      },
      { highWaterMark: FIRST_EVENTS + MAX_UNREAD },
    );
  }

  return {
    open,
    endAll() {
      hasEnded = true;
      for (const viewer of [...viewers]) viewer.end();
    },
  };
}

const encoder = new TextEncoder();

/** One event of the format `text/event-stream`. JSON has no line breaks. */
const encode = ({ name, data }: LiveEvent): Uint8Array<ArrayBuffer> =>
  encoder.encode(`event: ${name}\ndata: ${data}\n\n`);
