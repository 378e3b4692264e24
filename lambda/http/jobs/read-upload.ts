import type { Context } from 'hono';
import type { Budgets } from '../../budget/budgets.ts';
import { withCollectedBytes } from '../../budget/byte-collector.ts';
import { withReservation } from '../../budget/reservation.ts';
import type { Config } from '../../config.ts';
import { ServiceError } from '../../errors.ts';
import type { UploadId } from '../../jobs/ids.ts';
import { bodySource } from '../body/source.ts';
import type { AppEnv } from '../context.ts';
import { ownerOfRequest } from '../owner.ts';
import type { OpenEngine } from './engine.ts';
import { maxUploadBytes } from './upload-limits.ts';

/**
 * Reads an uploaded photo into memory reserved for it, passes it to `use` with the most bytes that it may have, and
 * releases the memory when `use` is done.
 *
 * @throws ServiceError `upload_not_found`, `image_too_large`, `overloaded`, `forbidden`; what `use` throws.
 */
export type UploadReader = <Result>(
  c: Context<AppEnv>,
  id: UploadId,
  use: (bytes: Uint8Array<ArrayBuffer>, maxBytes: number) => Promise<Result>,
) => Promise<Result>;

/** @param openEngine undefined if uploads are off. */
export function createUploadReader(
  openEngine: OpenEngine | undefined,
  config: Pick<Config, 'auth' | 'jobs' | 'budgets'>,
  { bodies, fetches }: Budgets,
): UploadReader {
  const maxBytes = maxUploadBytes(config);
  const tooLarge = () =>
    new ServiceError('image_too_large', `Expected a photo of at most ${maxBytes} bytes, got more.`);

  return async (c, id, use) => {
    if (!openEngine) throw new ServiceError('upload_not_found', 'Uploads are off in this service.');
    const uploader = ownerOfRequest(c, config.auth);
    const { uploads } = await openEngine();
    const { owner, signal } = bodySource(c);
    return withCollectedBytes(
      { gate: bodies, maxBytes, owner, signal, tooLarge },
      (add, expect) =>
        withReservation(fetches, { amount: 1, isHeavy: false, signal }, () =>
          uploads.read(uploader, id, add, signal, expect),
        ),
      (bytes) => use(bytes, maxBytes),
    );
  };
}
