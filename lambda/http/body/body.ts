import {
  type ByteCollector,
  type ByteCollectorSettings,
  withCollectedBytes,
} from '../../budget/byte-collector.ts';
import type { Gate } from '../../budget/gate.ts';
import { ServiceError } from '../../errors.ts';
import type { BodySource } from './source.ts';

export interface BodyMemory extends Pick<ByteCollectorSettings, 'copies'> {
  readonly gate: Gate;
  readonly maxBytes: number;
}

/**
 * Reads a whole body into memory reserved for it, passes it to `use`, and releases the memory when `use` is
 * done. Nothing that `use` starts may read the bytes after that.
 *
 * @throws ServiceError `image_too_large` beyond `maxBytes`, `invalid_request` if the client stopped sending,
 *   `overloaded` if there is no memory for the body. Also throws what `use` throws.
 */
export async function withBody<Result>(
  source: BodySource,
  { gate, maxBytes, copies }: BodyMemory,
  use: (body: Uint8Array<ArrayBuffer>) => Promise<Result>,
): Promise<Result> {
  const { owner, signal } = source;
  const expectedBytes = declaredBytes(source);
  if (expectedBytes !== undefined && expectedBytes > maxBytes)
    throw tooLarge(maxBytes, `${expectedBytes} bytes`);
  return withCollectedBytes(
    { gate, maxBytes, expectedBytes, copies, owner, signal, tooLarge: () => tooLarge(maxBytes, 'more') },
    (add) => readBody(source, add),
    use,
  );
}

function declaredBytes({ headers }: BodySource): number | undefined {
  const declared = headers.get('content-length');
  return declared === null ? undefined : Number(declared);
}

/**
 * Passes the pieces of a body to `take`, in order.
 *
 * @throws what `take` throws, as it is: it is never the fault of the client. Also ServiceError `invalid_request` if the
 *   client stopped sending, and the reason of the signal.
 */
export async function readBody(
  source: BodySource,
  take: ByteCollector['add'],
  waitsForMemory?: () => boolean,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): never => {
    failure = { error };
    throw error;
  };
  try {
    await source.read((piece) => {
      try {
        return take(piece)?.catch(fail);
      } catch (error) {
        return fail(error);
      }
    }, waitsForMemory);
  } catch (cause) {
    source.signal.throwIfAborted();
    if (failure) throw failure.error;
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError('invalid_request', 'The request body ended before it was complete.', { cause });
  }
}

function tooLarge(maxBytes: number, got: string): ServiceError {
  return new ServiceError(
    'image_too_large',
    `Expected a request body of at most ${maxBytes} bytes, got ${got}.`,
  );
}
