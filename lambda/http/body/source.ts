import type { Context } from 'hono';
import type { ByteCollector } from '../../budget/byte-collector.ts';
import type { AppEnv } from '../context.ts';

/**
 * Passes the pieces of a body to `take`, in order. It can be called once. Rejects with what `take` throws, or
 * with its own error if the body ends early.
 *
 * @param waitsForMemory whether it is memory that `take` waits for, which slow bodies may have to give up.
 *   @default it is
 */
export type BodyReader = (take: ByteCollector['add'], waitsForMemory?: () => boolean) => Promise<void>;

/** The body of a request, before it is read. */
export interface BodySource {
  readonly headers: Headers;
  readonly read: BodyReader;
  /** The address of the client, if it is known. */
  readonly owner: string | undefined;
  /** Aborts when the client disconnects or the deadline passes. */
  readonly signal: AbortSignal;
}

/** The body of the request, from the reader of the entry or else from the request itself. */
export function bodySource(c: Context<AppEnv>): BodySource {
  return {
    headers: c.req.raw.headers,
    read: c.env.readBody ?? webReader(c.req.raw),
    owner: c.env.clientAddress,
    signal: c.get('signal'),
  };
}

function webReader(request: Request): BodyReader {
  return async (take) => {
    for await (const piece of request.body ?? []) await take(piece);
  };
}

/** A reader for a body that is complete. */
export function wholeBody(bytes: Uint8Array): BodyReader {
  return async (take) => {
    if (bytes.byteLength > 0) await take(bytes);
  };
}
