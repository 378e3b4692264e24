import { z } from 'zod';
import { parseOrThrow } from '../../../../../lambda/model/parse.ts';
import type { Recipe } from './recipe.ts';
import { IMAGENET, PER_BYTE } from './usual.ts';

const perChannel = z.tuple([z.number(), z.number(), z.number()], { error: 'expected three numbers' });
const imageSize = z.tuple([z.literal(3), z.number().int().positive(), z.number().int().positive()], {
  error: 'expected three channels, a height and a width',
});

const pretrainedConfigSchema = z.looseObject({
  input_size: imageSize,
  test_input_size: imageSize.nullish(),
  interpolation: z.string().nullish(),
  crop_pct: z.number().positive().max(1).nullish(),
  test_crop_pct: z.number().positive().max(1).nullish(),
  crop_mode: z.string().nullish(),
  mean: perChannel.nullish(),
  std: perChannel.nullish(),
});

// What timm.data.config and timm.data.transforms_factory take for what a configuration leaves out.
const DEFAULTS = {
  interpolation: 'bicubic',
  cropPct: 0.875,
  ...IMAGENET,
} as const;

/**
 * Reads the field `pretrained_cfg` that timm writes into `config.json`: the transforms of
 * timm.data.create_transform for evaluation.
 *
 * @param path of `config.json`, for errors.
 * @throws Error in one line for what the service cannot do.
 */
export function timmRecipe(value: unknown, path: string): Recipe {
  const origin = `${path}: pretrained_cfg`;
  const config = parseOrThrow(pretrainedConfigSchema, value, origin);
  const trained = squareSide(config.input_size, `${origin}: input_size`);
  const tested = config.test_input_size && squareSide(config.test_input_size, `${origin}: test_input_size`);
  const mode = config.crop_mode ?? 'center';
  if (mode !== 'center' && mode !== 'squash') {
    throw new Error(`${origin}: crop_mode: expected "center" or "squash", got "${mode}"`);
  }
  return {
    origin,
    sides: tested && tested !== trained ? [trained, tested] : [trained],
    geometry(side) {
      const ofTest = side === tested && side !== trained ? config.test_crop_pct : undefined;
      const resized = Math.floor(side / (ofTest ?? config.crop_pct ?? DEFAULTS.cropPct));
      return { resize: mode === 'squash' ? { exactSide: resized } : { shortSide: resized }, crop: side };
    },
    interpolation: config.interpolation ?? DEFAULTS.interpolation,
    rescale: PER_BYTE,
    mean: config.mean ?? [...DEFAULTS.mean],
    std: config.std ?? [...DEFAULTS.std],
  };
}

function squareSide([, height, width]: z.output<typeof imageSize>, where: string): number {
  if (height === width) return height;
  throw new Error(`${where}: expected a square, got ${height} x ${width}`);
}
