/** The keys of large issuers have about 20 KB. */
const MAX_BYTES = 1024 * 1024;
/** After a failure. Otherwise a flood of tokens would keep an issuer down, or over its rate limit. */
const PAUSE_MS = 2000;

/**
 * A `fetch` for the JSON documents of an issuer.
 *
 * @throws Error for a status other than 200, for more than 1 MiB, for anything but JSON, and without a request
 *   within 2 s after a failure; errors of `fetch`.
 */
export function documentFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (...request) => {
    if (Date.now() - failedAt < PAUSE_MS) {
      throw new Error(`expected no failure within the last ${PAUSE_MS} ms, got one`);
    }
    try {
      const response = await fetch(...request);
      if (response.status !== 200) throw new Error(`expected status 200, got ${response.status}`);
      return Response.json(JSON.parse(await textOf(response)));
    } catch (error) {
      failedAt = Date.now();
      throw error;
    }
  };
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`expected at most ${MAX_BYTES} bytes, got more`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
