import type { Credentials } from '../credentials/credentials.ts';
import { whyUnreachable } from '../system/unreachable.ts';

/** Long enough for a cold start and a batch. */
const TIMEOUT_MS = 30_000;

export interface SmokeTarget {
  /** Of the service, with the path of a stage. */
  readonly url: string;
  readonly credentials: Credentials;
}

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly elapsedMs: number;
}

/** @param path without a leading slash, so that the path of the URL stays. */
export async function callService(
  target: SmokeTarget,
  path: string,
  { method = 'GET', headers: given = {}, body }: Call = {},
): Promise<Answer> {
  const url = new URL(path, target.url.endsWith('/') ? target.url : `${target.url}/`);
  const headers = await target.credentials.authorize({ method, url, headers: new Headers(given), body });
  const start = performance.now();
  const response = await fetch(url, {
    method,
    headers,
    ...(body ? { body } : {}),
    // A redirect could take the credentials to another host.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new Error(`${url.href} cannot be reached: ${whyUnreachable(error)}`, { cause: error });
  });
  const text = await response.text();
  return {
    status: response.status,
    body: parsed(text),
    elapsedMs: performance.now() - start,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
