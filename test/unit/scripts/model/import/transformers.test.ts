import { describe, expect, it } from 'vitest';
import { preprocessingOf } from '../../../../../scripts/lib/model/import/preprocessing/recipe.ts';
import { transformersRecipe } from '../../../../../scripts/lib/model/import/preprocessing/transformers/recipe.ts';

const HALF = [0.5, 0.5, 0.5];
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const normalised = { image_mean: MEAN, image_std: STD, resample: 3 };
const filter = { interpolation: 'bicubic', antialias: true };

const read = (config: object) => {
  const recipe = transformersRecipe(config, 'preprocessor_config.json');
  const [side = 0] = recipe.sides;
  return preprocessingOf(recipe, {}, side, 'float32');
};

describe('transformersRecipe', () => {
  it.each([
    [
      'ViT as of 2021, with a number for the size',
      {
        ...{ do_normalize: true, do_resize: true, feature_extractor_type: 'ViTFeatureExtractor' },
        ...{ image_mean: HALF, image_std: HALF, resample: 2, size: 224 },
      },
      { resize: { exactSide: 224, ...filter, interpolation: 'bilinear' }, crop: 224, mean: HALF, std: HALF },
    ],
    [
      'ViT with height and width',
      {
        ...{
          do_normalize: true,
          do_rescale: true,
          do_resize: true,
          image_processor_type: 'ViTImageProcessor',
        },
        ...{ image_mean: HALF, image_std: HALF, resample: 2, rescale_factor: 0.00392156862745098 },
        ...{ size: { height: 224, width: 224 } },
      },
      { resize: { exactSide: 224, ...filter, interpolation: 'bilinear' }, crop: 224, mean: HALF, std: HALF },
    ],
    [
      'a fast processor, with nulls for what it does not do',
      {
        ...{
          image_processor_type: 'ViTImageProcessorFast',
          do_center_crop: null,
          crop_size: null,
          do_pad: null,
        },
        ...{ do_normalize: true, do_rescale: true, do_resize: true, size: { height: 384, width: 384 } },
        ...normalised,
      },
      { resize: { exactSide: 384, ...filter }, crop: 384, mean: MEAN, std: STD },
    ],
    [
      'DeiT, which squeezes to 256 and crops',
      {
        image_processor_type: 'DeiTImageProcessor',
        size: 256,
        crop_size: 224,
        do_center_crop: true,
        ...normalised,
      },
      { resize: { exactSide: 256, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'DeiT without the field that says that it crops',
      {
        image_processor_type: 'DeiTImageProcessor',
        size: 256,
        crop_size: { height: 224, width: 224 },
        ...normalised,
      },
      { resize: { exactSide: 256, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'BiT with a short side',
      {
        ...{ image_processor_type: 'BitImageProcessor', size: { shortest_edge: 256 }, do_center_crop: true },
        ...{ crop_size: { height: 224, width: 224 }, ...normalised },
      },
      { resize: { shortSide: 256, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'CLIP as of 2021: a number is the short side',
      {
        feature_extractor_type: 'CLIPFeatureExtractor',
        size: 224,
        crop_size: 224,
        do_center_crop: true,
        ...normalised,
      },
      { resize: { shortSide: 224, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'ConvNeXT below 384 pixels: crop_pct',
      {
        image_processor_type: 'ConvNextImageProcessor',
        size: { shortest_edge: 224 },
        crop_pct: 0.875,
        ...normalised,
      },
      { resize: { shortSide: 256, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'ConvNeXT below 384 pixels as of 2022, with a number',
      { feature_extractor_type: 'ConvNextFeatureExtractor', size: 224, crop_pct: 0.95, ...normalised },
      { resize: { shortSide: 235, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'ConvNeXT without crop_pct',
      { image_processor_type: 'ConvNextImageProcessorFast', size: { shortest_edge: 288 }, ...normalised },
      { resize: { shortSide: 329, ...filter }, crop: 288, mean: MEAN, std: STD },
    ],
    [
      'ConvNeXT from 384 pixels: both sides exact, crop_pct has no effect',
      {
        image_processor_type: 'ConvNextImageProcessor',
        size: { shortest_edge: 384 },
        crop_pct: 0.875,
        ...normalised,
      },
      { resize: { exactSide: 384, ...filter }, crop: 384, mean: MEAN, std: STD },
    ],
    [
      'LeViT, which resizes to 256/224 of the size',
      {
        ...{
          image_processor_type: 'LevitImageProcessor',
          size: { shortest_edge: 224 },
          do_center_crop: true,
        },
        ...{ crop_size: { height: 224, width: 224 }, ...normalised },
      },
      { resize: { shortSide: 256, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'PoolFormer with crop_pct',
      {
        ...{ image_processor_type: 'PoolFormerImageProcessor', size: { shortest_edge: 224 }, crop_pct: 0.9 },
        ...{ do_center_crop: true, crop_size: { height: 224, width: 224 }, ...normalised },
      },
      { resize: { shortSide: 248, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'PoolFormer with crop_pct set to null',
      {
        ...{ image_processor_type: 'PoolFormerImageProcessor', size: { shortest_edge: 240 }, crop_pct: null },
        ...{ crop_size: { height: 224, width: 224 }, ...normalised },
      },
      { resize: { shortSide: 240, ...filter }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'EfficientNet, which divides by the standard deviation twice',
      {
        image_processor_type: 'EfficientNetImageProcessor',
        size: { height: 224, width: 224 },
        ...normalised,
      },
      {
        resize: { exactSide: 224, ...filter },
        crop: 224,
        mean: MEAN,
        std: STD.map((one) => expect.closeTo(one * one, 12)),
      },
    ],
    [
      'EfficientNet with an offset after rescaling to -1..1, and nothing else',
      {
        ...{
          image_processor_type: 'EfficientNetImageProcessor',
          size: { height: 240, width: 240 },
          resample: 3,
        },
        ...{ rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false, include_top: false },
      },
      {
        resize: { exactSide: 240, ...filter },
        crop: 240,
        rescale: 1 / 127.5,
        mean: [1, 1, 1],
        std: [1, 1, 1],
      },
    ],
    [
      'one number for the mean and one for the standard deviation',
      { image_processor_type: 'ViTImageProcessor', size: 224, resample: 3, image_mean: 0.5, image_std: 0.25 },
      { resize: { exactSide: 224, ...filter }, crop: 224, mean: HALF, std: [0.25, 0.25, 0.25] },
    ],
    [
      'no rescaling: values of 0..255 are normalised',
      { image_processor_type: 'ViTImageProcessor', size: 224, do_rescale: false, ...normalised },
      { resize: { exactSide: 224, ...filter }, crop: 224, rescale: 1, mean: MEAN, std: STD },
    ],
    [
      'no normalisation',
      { image_processor_type: 'ViTImageProcessor', size: [224, 224], do_normalize: false, resample: 3 },
      { resize: { exactSide: 224, ...filter }, crop: 224, mean: [0, 0, 0], std: [1, 1, 1] },
    ],
  ])('reads %s', (_, config, expected) => {
    expect(read(config)).toEqual(expected);
  });

  const vit = { image_processor_type: 'ViTImageProcessor', size: 224, ...normalised };
  it.each([
    ['no resizing', { ...vit, do_resize: false }, 'do_resize: expected true'],
    ['padding', { ...vit, do_pad: true }, 'do_pad: expected false'],
    [
      'another order of channels',
      { ...vit, do_flip_channel_order: true },
      'do_flip_channel_order: expected false',
    ],
    [
      'MobileViT, which has another order of channels unless it says otherwise',
      {
        image_processor_type: 'MobileViTImageProcessor',
        size: { shortest_edge: 288 },
        crop_size: 256,
        resample: 2,
      },
      'do_flip_channel_order: expected false',
    ],
    [
      'Perceiver, which crops before it resizes',
      { image_processor_type: 'PerceiverImageProcessor', size: 224, crop_size: 256, ...normalised },
      'image_processor_type: expected a class that resizes before it crops',
    ],
    [
      'sides that differ',
      { ...vit, size: { height: 224, width: 196 } },
      'size: expected a square, got 224 x 196',
    ],
    [
      'a crop whose sides differ',
      { ...vit, size: 256, do_center_crop: true, crop_size: { height: 224, width: 196 } },
      'crop_size: expected a square, got 224 x 196',
    ],
    [
      'a short side without a crop',
      { ...vit, size: { shortest_edge: 224 } },
      'do_center_crop: expected true, because photos are not square after resizing',
    ],
    [
      'a limit of the long side',
      { ...vit, size: { shortest_edge: 224, longest_edge: 448 } },
      'size: expected no longest_edge',
    ],
    ['a size of another form', { ...vit, size: 'large' }, 'size: expected pixels, {"shortest_edge": pixels}'],
    [
      'a mere number of an unknown class',
      { size: 224, ...normalised },
      'size: expected an image_processor_type',
    ],
    [
      'no size',
      { image_processor_type: 'ViTImageProcessor', ...normalised },
      'size: expected a value, got nothing',
    ],
    ['no mean', { ...vit, image_mean: undefined }, 'image_mean: expected a value, got nothing'],
    ['no filter', { ...vit, resample: null }, 'resample: expected a value, got nothing'],
    ['two channels', { ...vit, image_mean: [0.5, 0.5] }, 'image_mean: expected a number, or three of them'],
    [
      'another filter',
      { ...vit, resample: 0 },
      'expected the interpolation bilinear or bicubic, got nearest; --interpolation chooses one of them',
    ],
  ])('refuses %s', (_, config, message) => {
    expect(() => read(config)).toThrow(`preprocessor_config.json: ${message}`);
  });

  it('takes a filter of the command line instead of one that the service does not have', () => {
    const recipe = transformersRecipe({ ...vit, resample: 0 }, 'preprocessor_config.json');
    expect(preprocessingOf(recipe, { interpolation: 'bilinear' }, 224, 'float32').resize).toMatchObject({
      interpolation: 'bilinear',
    });
  });
});
