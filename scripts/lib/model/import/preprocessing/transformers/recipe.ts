import { parseOrThrow } from '../../../../../../lambda/model/parse.ts';
import type { Geometry, Recipe } from '../recipe.ts';
import { PER_BYTE } from '../usual.ts';
import { type ProcessorConfig, processorConfigSchema } from './schema.ts';
import { exactSide, sizeOf } from './size.ts';

/** PIL.Image.Resampling, by its numbers. */
const RESAMPLING = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'] as const;

/** Classes that crop unless the file says otherwise. */
const CROPS = new Set([
  'Bit',
  'CLIP',
  'ChineseCLIP',
  'DeiT',
  'Levit',
  'MobileNetV1',
  'MobileNetV2',
  'PoolFormer',
]);

/**
 * Reads the `preprocessor_config.json` of a transformers image processor, including the forms of older versions. Fields
 * that a version left out have the defaults of the processor's class.
 *
 * @param path of the file, for errors.
 * @throws Error in one line for what the service cannot do.
 */
export function transformersRecipe(value: unknown, path: string): Recipe {
  const config = parseOrThrow(processorConfigSchema, value, path);
  const type = config.image_processor_type ?? config.feature_extractor_type ?? '';
  // ViTFeatureExtractor, ViTImageProcessor, ViTImageProcessorFast and ViTImageProcessorPil do the same.
  const family = type.replace(/(ImageProcessor|FeatureExtractor)(Fast|Pil)?$/, '');
  requirePlain(config, family, path);
  const geometry = geometryOf(config, family, path);
  if (config.resample == null) throw missing(path, 'resample');
  return {
    origin: path,
    sides: [geometry.crop],
    geometry: () => geometry,
    interpolation: RESAMPLING[config.resample] ?? `resample ${config.resample}`,
    ...normalisationOf(config, family, path),
  };
}

function requirePlain(config: ProcessorConfig, family: string, path: string): void {
  const refuse = (field: string, expected: string) => {
    throw new Error(`${path}: ${field}: expected ${expected}, which is all that the service can do`);
  };
  if (family === 'Perceiver') refuse('image_processor_type', 'a class that resizes before it crops');
  if (config.do_resize === false) refuse('do_resize', 'true');
  if (config.do_pad) refuse('do_pad', 'false');
  const flips =
    config.do_flip_channel_order === undefined ? family === 'MobileViT' : config.do_flip_channel_order;
  if (flips) refuse('do_flip_channel_order', 'false, for channels in the order RGB');
}

function geometryOf(config: ProcessorConfig, family: string, path: string): Geometry {
  if (config.size == null) throw missing(path, 'size');
  const size = sizeOf(config.size, family, path);
  if (family === 'ConvNext') return convNextGeometry(size, config.crop_pct ?? 224 / 256, path);
  const resize = resizeOf(size, config, family);
  const isCropped = config.do_center_crop === undefined ? CROPS.has(family) : config.do_center_crop;
  if (isCropped) {
    if (config.crop_size == null) throw missing(path, 'crop_size');
    return { resize, crop: exactSide(config.crop_size, `${path}: crop_size`) };
  }
  if ('exactSide' in resize) return { resize, crop: resize.exactSide };
  throw new Error(`${path}: do_center_crop: expected true, because photos are not square after resizing`);
}

function resizeOf(
  size: Geometry['resize'],
  { crop_pct }: ProcessorConfig,
  family: string,
): Geometry['resize'] {
  const side = 'shortSide' in size ? size.shortSide : size.exactSide;
  if (family === 'Levit' && 'shortSide' in size) return { shortSide: Math.trunc((256 / 224) * side) };
  const share = crop_pct === undefined ? 0.9 : crop_pct;
  if (family === 'PoolFormer' && share !== null) return { shortSide: Math.trunc(side / share) };
  return size;
}

/** ConvNeXT squeezes large photos into the square, and cuts small ones. */
function convNextGeometry(size: Geometry['resize'], cropPct: number, path: string): Geometry {
  if ('exactSide' in size) throw new Error(`${path}: size: expected shortest_edge, got height and width`);
  const { shortSide: side } = size;
  return side < 384
    ? { resize: { shortSide: Math.trunc(side / cropPct) }, crop: side }
    : { resize: { exactSide: side }, crop: side };
}

function normalisationOf(
  config: ProcessorConfig,
  family: string,
  path: string,
): Pick<Recipe, 'rescale' | 'mean' | 'std'> {
  const isRescaled = config.do_rescale === undefined || config.do_rescale;
  const isNormalised = config.do_normalize === undefined ? family !== 'MobileViT' : config.do_normalize;
  const rescale = isRescaled ? (config.rescale_factor ?? PER_BYTE) : 1;
  // EfficientNet can subtract 1 after rescaling, and divide by the standard deviation a second time.
  const isEfficientNet = family === 'EfficientNet';
  const offset = isEfficientNet && isRescaled && config.rescale_offset ? 1 : 0;
  const isDividedAgain = isEfficientNet && config.include_top !== false;

  const all = (value: number | readonly number[]) =>
    (typeof value === 'number' ? [value, value, value] : value) as [number, number, number];
  if (isNormalised && config.image_mean == null) throw missing(path, 'image_mean');
  if ((isNormalised || isDividedAgain) && config.image_std == null) throw missing(path, 'image_std');
  const mean = isNormalised ? all(config.image_mean ?? 0) : all(0);
  const std = isNormalised ? all(config.image_std ?? 1) : all(1);
  const again = isDividedAgain ? all(config.image_std ?? 1) : all(1);
  return {
    rescale,
    mean: mean.map((one) => one + offset) as typeof mean,
    std: std.map((one, channel) => one * (again[channel] as number)) as typeof std,
  };
}

const missing = (path: string, field: string): Error =>
  new Error(
    `${path}: ${field}: expected a value, got nothing; --preset says how photos are prepared instead`,
  );
