import type { ByteCollector } from '../../budget/byte-collector.ts';
import type { Gate } from '../../budget/gate.ts';
import { withReservation } from '../../budget/reservation.ts';
import { ServiceError } from '../../errors.ts';
import { withBody } from '../body/body.ts';
import type { BodyReader, BodySource } from '../body/source.ts';
import { type ContentCoding, codingOf } from './content-coding.ts';
import { DECOMPRESSION_BYTES, decompress } from './decompress.ts';

interface BodyLimits {
  readonly gate: Gate;
  /** Of what is sent, and of what that expands to. */
  readonly maxBytes: number;
}

/**
 * Like {@link withBody}, for a body that may be compressed: `use` gets it decompressed. A body that would expand to
 * more than `maxBytes` is refused there, without expanding it further.
 *
 * @throws ServiceError `unsupported_media_type` for an unknown compression, `invalid_request` for damaged data, and
 *   what {@link withBody} throws.
 */
export async function withDecodedBody<Result>(
  source: BodySource,
  limits: BodyLimits,
  use: (body: Uint8Array<ArrayBuffer>) => Promise<Result>,
): Promise<Result> {
  const coding = codingOf(source.headers);
  return withBody(coding ? decoded(source, coding, limits) : source, limits, use);
}

/** @throws ServiceError `image_too_large` if the body is announced to be larger than the limit. */
function decoded(source: BodySource, coding: ContentCoding, { gate, maxBytes }: BodyLimits): BodySource {
  const { signal } = source;
  // Without the owner, whose share is enough to collect the largest body.
  const claim = { amount: DECOMPRESSION_BYTES, isHeavy: false, signal };
  const asSent = () => tooLarge(`${maxBytes} bytes`);
  const expanded = () => tooLarge(`${maxBytes} bytes after decompression`);
  const headers = new Headers(source.headers);
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw asSent();
  // The size of what is sent.
  headers.delete('content-length');
  let isWaitingForMemory = false;
  const read: BodyReader = (take) => source.read(upTo(maxBytes, asSent, take), () => isWaitingForMemory);
  return {
    ...source,
    headers,
    read: (take) => {
      const takeExpanded = upTo(maxBytes, expanded, async (bytes) => {
        const taken = take(bytes);
        isWaitingForMemory = taken !== undefined;
        await taken;
        isWaitingForMemory = false;
      });
      return withReservation(gate, claim, () => decompress(read, coding, signal, takeExpanded));
    },
  };
}

/** Passes pieces on until there are more than `maxBytes` of them. */
function upTo(maxBytes: number, tooMany: () => Error, take: ByteCollector['add']): ByteCollector['add'] {
  let bytes = 0;
  return (piece) => {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw tooMany();
    return take(piece);
  };
}

const tooLarge = (limit: string): ServiceError =>
  new ServiceError('image_too_large', `Expected a request body of at most ${limit}, got more.`);
