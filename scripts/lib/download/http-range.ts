/** A download that failed. The message is one line for the user's terminal. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Whether the same request may succeed in a moment. */
  readonly retryable: boolean;

  constructor(message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryable = options.retryable ?? false;
  }
}

export interface RangeRequest {
  /** The first byte wanted; 0 for the whole file. */
  readonly from: number;
  /** The strong ETag of the bytes before `from`. */
  readonly etag: string | undefined;
  /** Milliseconds without a byte after which the request is aborted. */
  readonly stallTimeoutMs: number;
}

export type RangeAnswer =
  | {
      /** `rest`: the bytes starting at `from`. `whole`: the file from its start. */
      readonly kind: 'rest' | 'whole';
      readonly etag: string | undefined;
      readonly body: AsyncIterable<Uint8Array>;
    }
  /** The server has no such range, or sent another one. */
  | { readonly kind: 'unsatisfiable' };

const MAX_REDIRECTS = 5;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * GET with an optional range. Follows at most five redirects.
 *
 * https only: the checksum already protects the bytes, but an eavesdropper could see and delay the download.
 * http is accepted if the first URL is on this machine, for the tests. A public server cannot redirect there.
 *
 * @throws DownloadError for an unusable status or redirect; `retryable` for 408, 429 and 5xx.
 */
export async function requestRange(url: string, wanted: RangeRequest): Promise<RangeAnswer> {
  const watchdog = new Watchdog(wanted.stallTimeoutMs);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (wanted.from > 0) headers['range'] = `bytes=${wanted.from}-`;
  if (wanted.from > 0 && wanted.etag !== undefined) headers['if-range'] = wanted.etag;

  const response = await follow(url, headers, watchdog).catch((error: unknown) => {
    watchdog.stop();
    throw error;
  });
  const isRest =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${wanted.from}-`);
  if (response.status === 200 || isRest) {
    return {
      kind: isRest ? 'rest' : 'whole',
      etag: strongEtag(response),
      body: watchdog.watch(response.body ?? ReadableStream.from<Uint8Array>([])),
    };
  }
  watchdog.stop();
  await response.body?.cancel();
  if (response.status === 416 || response.status === 206) return { kind: 'unsatisfiable' };
  const { status } = response;
  throw new DownloadError(`${url}: expected the file, got HTTP ${status} ${response.statusText}`.trimEnd(), {
    retryable: status === 408 || status === 429 || status >= 500,
  });
}

async function follow(url: string, headers: Record<string, string>, watchdog: Watchdog): Promise<Response> {
  const start = new URL(url);
  const httpAllowed = isLoopbackHttp(start);
  let current = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (current.protocol !== 'https:' && !(httpAllowed && isLoopbackHttp(current))) {
      throw new DownloadError(`${url}: expected https, got ${current.protocol}//${current.host}`);
    }
    const response = await fetch(current, { headers, redirect: 'manual', signal: watchdog.signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    current = new URL(location, current);
  }
  throw new DownloadError(`${url}: expected at most ${MAX_REDIRECTS} redirects, got more`);
}

function isLoopbackHttp(url: URL): boolean {
  return url.protocol === 'http:' && LOOPBACK.has(url.hostname);
}

/** If-Range needs a strong ETag: a weak one (`W/"..."`) never matches (RFC 9110, 13.1.5). */
function strongEtag(response: Response): string | undefined {
  const etag = response.headers.get('etag');
  return etag?.startsWith('"') ? etag : undefined;
}

/** Aborts a request that stalls. */
class Watchdog {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(stallTimeoutMs: number) {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DownloadError(`no data for ${stallTimeoutMs} ms`, { retryable: true }));
    }, stallTimeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async *watch(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        this.#timer.refresh();
        yield chunk;
      }
    } finally {
      this.stop();
    }
  }
}

/** fetch only says "fetch failed" or "terminated"; the reason is in the cause. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const reason =
    cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : undefined;
  return reason === undefined ? error.message : `${error.message} (${reason})`;
}
