import type { JobResults } from '../../jobs/engine.ts';

export const NDJSON = 'application/x-ndjson';

const NO_STORE = { 'cache-control': 'no-store' };

/** The answer with the results of a job: a stream, or where they are. */
export function resultsResponse(results: JobResults, { isHead }: { readonly isHead: boolean }): Response {
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
  const headers = { ...NO_STORE, 'content-type': NDJSON };
  return new Response(isHead ? null : streamOf(results.pieces), { headers });
}

/** Takes a piece when the client has read the one before. A client that leaves ends the iteration. */
function streamOf(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
