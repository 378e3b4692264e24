import type { ModelInput } from '../../lambda/model/manifest.ts';
import { emptyImages, type ImageValues } from '../../lambda/model/session.ts';

/** An image of varied values for bare runs of a model, in the form that it takes. */
export function sampleImage(input: ModelInput): ImageValues {
  const image = emptyImages(input, 1);
  for (let index = 0; index < image.length; index += 1) {
    const value = Math.sin(index);
    image[index] = input.dtype === 'float32' ? value : Math.round(value / input.scale) + input.zeroPoint;
  }
  return image;
}
