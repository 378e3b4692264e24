import { z } from 'zod';

const pixels = z.number().int().positive();
const optionalPixels = pixels.nullish();

/** A number in files of older versions, a list of height and width in some. */
const sizeSchema = z.union(
  [
    pixels,
    z.tuple([pixels, pixels]),
    z.looseObject({
      shortest_edge: optionalPixels,
      longest_edge: optionalPixels,
      height: optionalPixels,
      width: optionalPixels,
    }),
  ],
  { error: 'expected pixels, {"shortest_edge": pixels} or {"height": pixels, "width": pixels}' },
);
export type SizeConfig = z.output<typeof sizeSchema>;

const perChannel = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])], {
  error: 'expected a number, or three of them',
});

const flag = z.boolean().nullish();

/**
 * The fields that transformers' image processors share. Null is what a class writes for a step that it does not have,
 * and a field that is missing has the default of the class.
 */
export const processorConfigSchema = z.looseObject({
  image_processor_type: z.string().nullish(),
  feature_extractor_type: z.string().nullish(),
  do_resize: flag,
  size: sizeSchema.nullish(),
  resample: z.number().int().nonnegative().nullish(),
  do_center_crop: flag,
  crop_size: sizeSchema.nullish(),
  crop_pct: z.number().positive().max(1).nullish(),
  do_rescale: flag,
  rescale_factor: z.number().positive().nullish(),
  rescale_offset: flag,
  do_normalize: flag,
  image_mean: perChannel.nullish(),
  image_std: perChannel.nullish(),
  include_top: flag,
  do_pad: flag,
  do_flip_channel_order: flag,
});
export type ProcessorConfig = z.output<typeof processorConfigSchema>;
