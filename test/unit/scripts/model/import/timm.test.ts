import { describe, expect, it } from 'vitest';
import { presetRecipe } from '../../../../../scripts/lib/model/import/preprocessing/presets.ts';
import { preprocessingOf } from '../../../../../scripts/lib/model/import/preprocessing/recipe.ts';
import { timmRecipe } from '../../../../../scripts/lib/model/import/preprocessing/timm.ts';

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const HALF = [0.5, 0.5, 0.5];
const bicubic = { interpolation: 'bicubic', antialias: true };

const read = (config: object, side: number) =>
  preprocessingOf(timmRecipe(config, 'config.json'), {}, side, 'float32');

describe('timmRecipe', () => {
  const resnet = {
    ...{ input_size: [3, 224, 224], test_input_size: [3, 288, 288], interpolation: 'bicubic' },
    ...{ crop_pct: 0.95, test_crop_pct: 1, crop_mode: 'center', mean: MEAN, std: STD },
  };

  it.each([
    [
      'the size of training',
      resnet,
      224,
      { resize: { shortSide: 235, ...bicubic }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'the size of testing, with its own share of the crop',
      resnet,
      288,
      { resize: { shortSide: 288, ...bicubic }, crop: 288, mean: MEAN, std: STD },
    ],
    [
      'a squash',
      { ...resnet, crop_mode: 'squash', crop_pct: 1, mean: HALF, std: HALF },
      224,
      { resize: { exactSide: 224, ...bicubic }, crop: 224, mean: HALF, std: HALF },
    ],
    [
      'what timm takes for what is missing',
      { input_size: [3, 224, 224] },
      224,
      { resize: { shortSide: 256, ...bicubic }, crop: 224, mean: MEAN, std: STD },
    ],
    [
      'a bilinear filter',
      { ...resnet, interpolation: 'bilinear', crop_pct: 0.875 },
      224,
      { resize: { shortSide: 256, ...bicubic, interpolation: 'bilinear' }, crop: 224, mean: MEAN, std: STD },
    ],
  ])('reads %s', (_, config, side, expected) => {
    expect(read(config, side)).toEqual(expected);
  });

  it('knows both sizes, that of training first', () => {
    expect(timmRecipe(resnet, 'config.json').sides).toEqual([224, 288]);
  });

  it.each([
    [
      'a border',
      { ...resnet, crop_mode: 'border' },
      'crop_mode: expected "center" or "squash", got "border"',
    ],
    [
      'sides that differ',
      { ...resnet, input_size: [3, 224, 288] },
      'input_size: expected a square, got 224 x 288',
    ],
    ['one channel', { ...resnet, input_size: [1, 224, 224] }, 'input_size.0: expected 3, got 1'],
    [
      'another filter',
      { ...resnet, interpolation: 'nearest' },
      'expected the interpolation bilinear or bicubic, got nearest',
    ],
  ])('refuses %s', (_, config, message) => {
    expect(() => read(config, 224)).toThrow(`config.json: pretrained_cfg: ${message}`);
  });
});

describe('presetRecipe', () => {
  it.each([
    ['torchvision', 224, { resize: { shortSide: 256 }, crop: 224, mean: MEAN, std: STD }],
    ['timm', 260, { resize: { shortSide: 297, interpolation: 'bicubic' }, crop: 260 }],
    [
      'tf',
      299,
      { resize: { exactSide: 299 }, crop: 299, rescale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
    ],
    ['keras-raw', 224, { resize: { exactSide: 224 }, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] }],
    ['keras-torch', 224, { resize: { exactSide: 224 }, mean: MEAN, std: STD }],
  ] as const)('%s is for any size', (name, side, expected) => {
    expect(preprocessingOf(presetRecipe(name), {}, side, 'float32')).toMatchObject(expected);
  });

  it('gives way to the command line', () => {
    const overrides = {
      shortSide: 232,
      interpolation: 'bicubic',
      rescale: 1,
      mean: [1, 2, 3],
      std: [4, 5, 6],
    } as const;
    expect(
      preprocessingOf(
        presetRecipe('torchvision'),
        { ...overrides, mean: [1, 2, 3], std: [4, 5, 6] },
        224,
        'float32',
      ),
    ).toEqual({
      resize: { shortSide: 232, ...bicubic },
      crop: 224,
      rescale: 1,
      mean: [1, 2, 3],
      std: [4, 5, 6],
    });
  });

  it('leaves the values to a graph that takes bytes', () => {
    expect(preprocessingOf(presetRecipe('torchvision'), {}, 224, 'uint8')).toMatchObject({
      rescale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });
});
