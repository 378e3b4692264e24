import type { Context } from 'hono';
import type { ByteCollector } from '../../budget/byte-collector.ts';
import type { AppEnv } from '../context.ts';

/**
 * Hands over the pieces of a body in order, once. Rejects with what `take` throws, or with an error of its own where the
 * body ends early.
 */
export type BodyReader = (take: ByteCollector['add']) => Promise<void>;

/** A request's body before it is read. */
export interface BodySource {
  readonly headers: Headers;
  readonly read: BodyReader;
  /** The address of the client; undefined where it is not known. */
  readonly owner: string | undefined;
  /** Aborts when the client has gone or its time is over. */
  readonly signal: AbortSignal;
}

/** The body of the request: from the entry where it brings its own reader, else from the request itself. */
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

/** A reader for a body that is there as a whole. */
export function wholeBody(bytes: Uint8Array): BodyReader {
  return async (take) => {
    if (bytes.byteLength > 0) await take(bytes);
  };
}
