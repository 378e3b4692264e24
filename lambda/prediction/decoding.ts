import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Budgets } from '../budget/budgets.ts';
import { withReservation } from '../budget/reservation.ts';
import { type DecodedImage, decodeImage } from '../images/decode.ts';
import type { InspectedImage } from '../images/inspect.ts';
import { type Failed, orFailed } from './failed.ts';

/**
 * Decodes the images of one request. Settles only when no decoder is working on them any more.
 *
 * @returns one result for each image, in order.
 * @throws ServiceError `overloaded`; the reason of `signal`.
 */
export type Decoder = (
  images: readonly (InspectedImage | Failed)[],
  signal: AbortSignal,
) => Promise<readonly (DecodedImage | Failed)[]>;

/** Above this estimate of CPU time, work is heavy. A 12-megapixel JPEG, as phones make them, takes less. */
const HEAVY_CPU_MS = 600;
/**
 * Above this estimate, a decoder that works on the event loop first waits for the next turn. Otherwise many
 * decoders could work in one turn.
 */
const TURN_CPU_MS = 10;

export const isHeavyDecode = (cpuMs: number): boolean => cpuMs > HEAVY_CPU_MS;

export function createDecoder({ decoders, decodeMemory }: Budgets): Decoder {
  async function decode(image: InspectedImage | Failed, signal: AbortSignal): Promise<DecodedImage | Failed> {
    if ('error' in image) return image;
    const { cost, decoder } = image;
    const isHeavy = isHeavyDecode(cost.cpuMs);
    return withReservation(decoders, { amount: 1, isHeavy, signal }, () =>
      withReservation(decodeMemory, { amount: cost.bytes, isHeavy, signal }, async () => {
        if (decoder === 'plain' && cost.cpuMs > TURN_CPU_MS) await nextTurn();
        return orFailed(decodeImage(image));
      }),
    );
  }

  return async (images, signal) => {
    const decoding = images.map((image) => decode(image, signal));
    await Promise.allSettled(decoding);
    return Promise.all(decoding);
  };
}
