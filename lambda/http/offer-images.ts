import type { Context } from 'hono';
import type { Capture } from '../capture/capture.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Classified, EncodedImage, Outcomes } from '../prediction/predictor.ts';
import type { AppEnv } from './context.ts';

/** No image of a request with this header is captured. Its value does not matter. */
export const NO_CAPTURE = 'x-no-capture';

/** Offers the images of a request to the capture. Call it while the images are in memory. */
export type OfferImages = (
  c: Context<AppEnv>,
  model: Manifest,
  images: readonly EncodedImage[],
  outcomes: Outcomes<Classified>,
) => void;

/**
 * Images that could not be classified are not offered: they say nothing about the model, and may be anything
 * at all.
 *
 * @param capture undefined if nothing is captured.
 */
export function imageOffer(capture: Capture | undefined): OfferImages {
  if (!capture) return () => {};
  return (c, { name, version }, images, { results }) => {
    if (c.req.raw.headers.has(NO_CAPTURE)) return;
    const { requestId } = c.get('record');
    results.forEach((outcome, position) => {
      const image = images[position];
      if (!image || 'error' in image || 'error' in outcome) return;
      const [top] = outcome.predictions;
      if (!top) return;
      capture.offer({
        requestId,
        index: images.length > 1 ? position : undefined,
        bytes: image.bytes,
        format: outcome.image.format,
        model: { name, version },
        top,
      });
    });
  };
}
