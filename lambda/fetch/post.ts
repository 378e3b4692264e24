import type { IncomingMessage } from 'node:http';
import { type Deadline, startDeadline } from './deadline.ts';
import { createGuard, type GuardDependencies, type GuardSettings } from './guard.ts';
import { requestOn } from './request.ts';
import { exchangeError } from './response.ts';
import { parseTarget, type TargetSubject } from './target.ts';

export interface UrlPostSettings extends GuardSettings {
  /** How messages name the URL. */
  readonly subject: TargetSubject;
  /** From resolving the name to the end of the response. In milliseconds. */
  readonly timeoutMs: number;
}

export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Sends a body to a URL, once. Redirects are not followed, and the body of the response is thrown away.
 *
 * @returns the status of the response.
 * @throws {ServiceError} `invalid_request` for text that is not a URL, `url_not_allowed`, `url_fetch_failed` or
 *   `url_timeout` if there is no response; or the reason of `signal`.
 */
export type UrlPoster = (url: string, request: PostRequest, signal?: AbortSignal) => Promise<number>;

/** What is read of a response, so that a host that sends a short body is not cut off. */
const MAX_RESPONSE_BYTES = 4096;

/** Creates a poster with the guard of `createUrlFetcher`. */
export function createUrlPoster(settings: UrlPostSettings, dependencies: GuardDependencies = {}): UrlPoster {
  const connect = createGuard(settings, dependencies);
  const { subject, timeoutMs } = settings;

  return async (text, request, callerSignal) => {
    // A host may take all of the time before it answers.
    const deadline = startDeadline({ totalTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs }, callerSignal);
    try {
      const url = parseTarget(text, subject);
      const socket = await connect(url, subject, deadline);
      try {
        const response = await deadline.race(() => requestOn(socket, url, { method: 'POST', ...request }));
        await discard(response, deadline);
        return response.statusCode ?? 0;
      } catch (cause) {
        throw exchangeError(cause, deadline.signal);
      } finally {
        socket.destroy();
      }
    } finally {
      deadline.stop();
    }
  };
}

/** Reads the first bytes of a body. Whether all of it arrives does not matter: the status has been received. */
async function discard(response: IncomingMessage, deadline: Deadline): Promise<void> {
  const read = async (): Promise<void> => {
    let received = 0;
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      received += piece.byteLength;
      if (received >= MAX_RESPONSE_BYTES) return;
    }
  };
  await deadline.race(read).catch(() => {});
}
