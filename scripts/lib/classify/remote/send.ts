import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a photo of 20 MB over a slow line. */
const TIMEOUT_MS = 300_000;
/** With the pauses below, about four minutes: longer than a restart or a burst of other requests takes. */
export const MANY_TRIES = 12;
/** With the pauses below, two seconds: enough to find out that a URL is wrong. */
export const FEW_TRIES = 3;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
/** The service is busy or not ready, or something between here and there failed. */
const WORTH_ANOTHER_TRY = [408, 425, 429, 500, 502, 503, 504];

export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Patience {
  readonly stop: AbortSignal;
  readonly maxTries: number;
}

/**
 * Sends a request, and sends it again while that may help, after as long as `Retry-After` says or longer each time.
 *
 * @param make called for each try, because a signature is for one moment.
 * @param stop ends the request and the pauses.
 * @throws Error in one line if the service cannot be reached; the reason of `stop`.
 */
export async function sendPatiently(
  make: () => Promise<Sent>,
  { stop, maxTries }: Patience,
): Promise<Received> {
  for (let tries = 1; ; tries += 1) {
    const request = await make();
    const answer = await send(request, stop).catch((error: Error) => error);
    stop.throwIfAborted();
    const isLast = tries === maxTries;
    if (answer instanceof Error) {
      if (isLast) throw unreachable(request.url, answer);
      await pause(undefined, tries, stop);
    } else {
      if (isLast || !WORTH_ANOTHER_TRY.includes(answer.status)) return answer;
      await pause(retryAfterMs(answer.headers), tries, stop);
    }
  }
}

async function send({ method, url, headers, body }: Sent, stop: AbortSignal): Promise<Received> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body ? { body } : {}),
    // A redirect could take the credentials to another host.
    redirect: 'manual',
    signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** What `Retry-After` says in seconds. Dates are not read: the service sends none. */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return /^\d{1,5}$/.test(value) ? Number(value) * 1000 : undefined;
}

/** The random part keeps uploads that were refused together from coming back together. */
function pause(given: number | undefined, tries: number, stop: AbortSignal): Promise<void> {
  const own = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  return delay((given ?? own) + Math.random() * FIRST_PAUSE_MS, undefined, { signal: stop });
}

function unreachable({ origin }: URL, error: Error): Error {
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause ? String(cause.code) : cause.message;
  return new Error(`${origin} cannot be reached (${code}). The same command goes on when it can be.`, {
    cause: error,
  });
}
