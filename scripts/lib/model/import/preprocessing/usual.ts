import type { Manifest } from '../../../../../lambda/model/manifest.ts';

/** Multiplies values of 0..255 to 0..1. */
export const PER_BYTE = 1 / 255;

/** Of the photos of ImageNet, scaled to 0..1. torchvision, timm and most published models use them. */
export const IMAGENET: Pick<Manifest['preprocessing'], 'mean' | 'std'> = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};
