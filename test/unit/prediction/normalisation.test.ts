import { describe, expect, test } from 'vitest';
import { normalisationTables } from '../../../lambda/prediction/tensor/normalisation.ts';

const f32 = Math.fround;
type Normalise = (value: number, mean: number, std: number) => number;

const RESCALE = 0.00392156862745098;
/** Each rounds to float32 where its framework does. */
const FRAMEWORKS: Readonly<Record<string, { readonly rescale?: number; readonly normalise: Normalise }>> = {
  // `ToTensor` and `Normalize`
  torchvision: { normalise: (value, mean, std) => f32(f32(f32(value / 255) - f32(mean)) / f32(std)) },
  // `rescale` and `normalize` of image_transforms.py
  transformers: {
    rescale: RESCALE,
    normalise: (value, mean, std) => f32(f32(f32(value * RESCALE) - f32(mean)) / f32(std)),
  },
  // `_fuse_mean_std_and_rescale_factor` of its fast processors
  'transformers, fused': {
    rescale: RESCALE,
    normalise: (value, mean, std) => {
      const scale = f32(1 / RESCALE);
      return f32(f32(value - f32(f32(mean) * scale)) / f32(f32(std) * scale));
    },
  },
};

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

describe.each(Object.entries(FRAMEWORKS))('%s', (_name, { rescale, normalise }) => {
  test.each([
    ['mean and std of ImageNet', IMAGENET],
    ['a range of -1 to 1', HALF],
  ])('normalises all values to within 1e-6 of ours: %s', (_what, { mean, std }) => {
    const tables = normalisationTables({ rescale, mean, std });
    for (const [channel, table] of tables.entries()) {
      for (const [value, ours] of table.entries()) {
        const theirs = normalise(value, mean[channel] as number, std[channel] as number);
        expect(Math.abs(ours - theirs)).toBeLessThan(1e-6);
      }
    }
  });
});
