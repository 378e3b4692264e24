import type { Gate, Reservation } from '../../budget/gate.ts';
import type { JobResults } from '../../jobs/engine.ts';

export const NDJSON = 'application/x-ndjson';

const NO_STORE = { 'cache-control': 'no-store' };
const HEADERS = { ...NO_STORE, 'content-type': NDJSON };

/** What an answer with results holds: the page that the client is reading, and the next one while it is made. */
const PAGES_BYTES = 256 * 1024;

export interface ResultsReader {
  readonly isHead: boolean;
  /** The address of the client, if it is known. */
  readonly owner: string | undefined;
  /** Aborts when the client disconnects or the deadline of the answer passes. */
  readonly signal: AbortSignal;
  /** Aborts when the client disconnects, however long it reads. */
  readonly client: AbortSignal;
  /** Called before a stream, if their number is limited. @throws ServiceError `overloaded` */
  readonly startStream: (() => void) | undefined;
}

/**
 * The answer with the results of a job: a stream, or where they are.
 *
 * @param gate of the memory for bodies. A stream holds a part of it until it ends. Streams together get the share of large
 *   bodies, so that there is always room for a normal photo.
 * @throws ServiceError `overloaded`
 */
export async function resultsResponse(
  results: JobResults,
  gate: Gate,
  { isHead, owner, signal, client, startStream }: ResultsReader,
): Promise<Response> {
  if (results.kind === 'elsewhere') {
    const { url, nextPart } = results;
    return new Response(null, {
      status: 303,
      headers: {
        ...NO_STORE,
        location: url,
        // Relative to the URL of the request, as in RFC 8288, 3.2.
        ...(nextPart !== undefined && { link: `<results?part=${nextPart}>; rel="next"` }),
      },
    });
  }
  if (isHead) return new Response(null, { headers: HEADERS });
  startStream?.();
  const memory = await gate.reserve({ amount: PAGES_BYTES, isHeavy: true, owner, signal });
  // A client that has gone before its answer begins never reads or cancels the stream.
  client.addEventListener('abort', memory.release, { once: true });
  return new Response(streamOf(results.pieces, memory), { headers: HEADERS });
}

/** Takes a piece when the client has read the one before. A client that leaves ends the iteration. */
function streamOf(pieces: AsyncIterable<Uint8Array>, memory: Reservation): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (!done) return controller.enqueue(value);
        } catch (error) {
          memory.release();
          throw error;
        }
        memory.release();
        controller.close();
      },
      async cancel() {
        memory.release();
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
