/** Long enough for a cold start and a batch. */
const TIMEOUT_MS = 30_000;

export interface SmokeTarget {
  /** Of the service, with the path of a stage. */
  readonly url: string;
  readonly apiKey: string | undefined;
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
  init: RequestInit = {},
): Promise<Answer> {
  const url = new URL(path, target.url.endsWith('/') ? target.url : `${target.url}/`);
  const headers = new Headers(init.headers);
  if (target.apiKey) headers.set('x-api-key', target.apiKey);
  const start = performance.now();
  const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error) => {
      const cause = error.cause instanceof Error ? error.cause.message : error.message;
      throw new Error(`${url.href} cannot be reached: ${cause}`, { cause: error });
    },
  );
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
