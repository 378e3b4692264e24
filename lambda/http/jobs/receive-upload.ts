import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import { withReservation } from '../../budget/reservation.ts';
import { ServiceError } from '../../errors.ts';
import { readBody } from '../body/body.ts';
import { bodySource } from '../body/source.ts';
import type { AppEnv } from '../context.ts';
import { readQuery } from '../query.ts';
import { Repeated } from '../repeated.ts';
import type { OpenEngine } from './engine.ts';

/** Where clients of the HTTP server send files. It is not in the API document, as URLs of S3 are not. */
export const RECEIVE_PATH = '/uploads/:upload_id';

/**
 * For a whole file: as long as S3 gives for it. A slow client gets less if it sends less than the minimum, or if others need
 * its connection.
 */
export const RECEIVE_MS = 15 * 60_000;

/** What a file being received holds: the piece that is written to the disk, and the next. */
const PIECES_BYTES = 128 * 1024;

/**
 * Takes the files of uploads. Each piece goes to the disk before the next is read, so even a hundred slow clients hold
 * little memory.
 *
 * @param gate of the memory for bodies.
 */
export function receiveUploads(app: OpenAPIHono<AppEnv>, openEngine: OpenEngine, gate: Gate): void {
  app.put(RECEIVE_PATH, async (c) => {
    const { receiver } = await openEngine();
    if (!receiver) throw new ServiceError('not_found', 'This service receives no files.');
    const { token } = readQuery(c.req.url);
    const source = bodySource(c);
    const { headers, owner, signal } = source;
    await withReservation(gate, { amount: PIECES_BYTES, isHeavy: false, owner, signal }, () =>
      receiver.receive(
        c.req.param('upload_id'),
        token instanceof Repeated ? undefined : token,
        {
          contentType: headers.get('content-type') ?? undefined,
          contentLength: headers.get('content-length') ?? undefined,
        },
        (take, waitsForMemory) =>
          readBody(
            source,
            (piece) => {
              signal.throwIfAborted();
              return take(piece);
            },
            waitsForMemory ?? (() => false),
          ),
      ),
    );
    return c.body(null, 204);
  });
}
