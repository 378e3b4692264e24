import { promisify } from 'node:util';
import { constants, deflate, gzip } from 'node:zlib';
import type { Context, MiddlewareHandler } from 'hono';
import { accepts } from 'hono/accepts';
import pLimit from 'p-limit';
import type { AppEnv } from '../context.ts';
import type { ContentCoding } from './content-coding.ts';

const COMPRESSORS = { gzip: promisify(gzip), deflate: promisify(deflate) };
/** Numbers get hardly smaller with more effort: 45% of their JSON, and 43% in nine times the time. */
const OPTIONS = { level: constants.Z_BEST_SPEED };
/** Fewer bytes are sent as they are: they fit into a packet anyway. */
const MIN_BYTES = 1024;
/** Compressions at the same time. Each takes 256 KiB and a thread of the pool that also decodes images. */
const MAX_AT_ONCE = 2;

/**
 * Compresses successful answers for clients that ask for it with Accept-Encoding. Errors stay as they are: they are
 * short, and tritonclient's asynchronous client asks for compression but cannot read a compressed error.
 */
export function compressAnswers(): MiddlewareHandler<AppEnv> {
  const inTurn = pLimit(MAX_AT_ONCE);
  return async (c, next) => {
    await next();
    // RFC 9110, 15.5.16: what to send instead of a body with another coding.
    if (c.res.status === 415) c.header('accept-encoding', 'gzip, deflate');
    if (c.res.status !== 200) return;
    c.header('vary', 'Accept-Encoding', { append: true });
    const coding = acceptedCoding(c);
    if (!coding) return;
    const { headers } = c.res;
    const bytes = new Uint8Array(await c.res.arrayBuffer());
    const isCompressed = bytes.byteLength >= MIN_BYTES;
    if (isCompressed) headers.set('content-encoding', coding);
    const body = isCompressed ? await inTurn(() => COMPRESSORS[coding](bytes, OPTIONS)) : bytes;
    // Hono would copy the headers of an answer that is replaced.
    c.res = undefined;
    c.res = new Response(body, { headers });
  };
}

function acceptedCoding(c: Context<AppEnv>): ContentCoding | undefined {
  const coding = accepts(c, {
    header: 'Accept-Encoding',
    supports: ['gzip', 'deflate', 'identity'],
    default: 'identity',
  });
  return coding === 'gzip' || coding === 'deflate' ? coding : undefined;
}
