import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import type { Manifest, ModelInput } from '../../../lambda/model/manifest.ts';
import { normalisationTables } from '../../../lambda/prediction/tensor/normalisation.ts';
import { createImageTensor } from '../../../lambda/prediction/tensor/tensor.ts';
import { quartersImage } from '../../support/images.ts';
import { manifest } from '../../support/model.ts';

const planes = (side: number): ModelInput => ({
  name: 'input',
  dtype: 'float32',
  layout: 'NCHW',
  shape: [null, 3, side, side],
});
const interleaved = (side: number): ModelInput => ({
  name: 'input',
  dtype: 'float32',
  layout: 'NHWC',
  shape: [null, side, side, 3],
});
const pixelPlanes = (side: number): ModelInput => ({ ...planes(side), dtype: 'uint8' });
const interleavedPixels = (side: number): ModelInput => ({ ...interleaved(side), dtype: 'uint8' });
const blocks = (side: number) =>
  ({
    name: 'input',
    dtype: 'uint8',
    layout: 'NHWC',
    blockSize: 2,
    shape: [null, side / 2, side / 2, 12],
    quantization: { scale: 1 / 255, zeroPoint: 0 },
  }) as const satisfies ModelInput;
type Normalisation = Pick<Manifest['preprocessing'], 'rescale' | 'mean' | 'std'>;
/** Of a model that takes pixels of 0..255 as they are. */
const UNCHANGED: Normalisation = { rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
const tensorFor = (input: ModelInput, crop: number, normalisation: Partial<Normalisation> = {}) =>
  createImageTensor({ input, preprocessing: { ...manifest.preprocessing, crop, ...normalisation } }, 2);

/** Each channel of each pixel has a value of its own: 1 to 12, row by row. */
const COUNTED = { pixels: Uint8Array.from({ length: 12 }, (_, index) => index + 1), channels: 3 } as const;
const COUNTED_BY_CHANNEL = [1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12];

/** Four pixels from black to white, row by row. */
const GREYS = [0, 255, 51, 102];
const rgb = (values: readonly number[]) =>
  ({ pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])), channels: 3 }) as const;

describe('a float32 tensor', () => {
  test('has one normalised plane for each channel', () => {
    const tensor = tensorFor(planes(2), 2, { mean: [0, 0.5, 1], std: [1, 0.5, 2] });
    tensor.write(rgb(GREYS), 1);
    const values = tensor.first(2);
    expect(values).toBeInstanceOf(Float32Array);
    expect([...values.subarray(0, 12)]).toEqual(Array(12).fill(0));
    const expected = [0, 1, 0.2, 0.4, -1, 1, -0.6, -0.2, -0.5, 0, -0.4, -0.3];
    for (const [index, value] of expected.entries()) expect(values[12 + index]).toBeCloseTo(value, 6);
  });

  test.each([
    ['NCHW', planes(2), COUNTED_BY_CHANNEL],
    ['NHWC', interleaved(2), [...COUNTED.pixels]],
  ])('has the channels of a pixel where %s has them', (_layout, input, expected) => {
    const tensor = tensorFor(input, 2, UNCHANGED);
    tensor.write(COUNTED, 1);
    expect([...tensor.first(2)]).toEqual([...Array(12).fill(0), ...expected]);
  });

  test('has pixels that were rescaled as the manifest says', () => {
    const tensor = tensorFor(interleaved(2), 2, { rescale: 1, mean: [127, 127, 127], std: [128, 128, 128] });
    tensor.write(rgb([0, 255, 127, 191]), 0);
    const expected = [-127 / 128, 1, 0, 0.5];
    expect([...tensor.first(1)]).toEqual(expected.flatMap((value) => [value, value, value]));
  });

  test('is filled with values in the normalised range, for any image', async () => {
    const tensor = tensorFor(planes(64), 64);
    const lowest = (0 - 0.485) / 0.229;
    const highest = (1 - 0.406) / 0.225;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom('jpeg', 'png', 'webp', 'tiff', 'gif' as const),
        fc.boolean(),
        async (width, height, format, grey) => {
          const bytes = await quartersImage(width, height).greyscale(grey).toFormat(format).toBuffer();
          const limits = { maxImageBytes: 1e7, maxPixels: 1e6, ...DEFAULT_DECODE_LIMITS };
          const image = await inspectImage(
            bytes,
            { resize: { shortSide: 72, interpolation: 'bilinear' }, crop: 64 },
            limits,
          );
          tensor.first(1).fill(Number.NaN);
          tensor.write(await decodeImage(image), 0);
          for (const value of tensor.first(1)) {
            if (!(value >= lowest - 1e-5 && value <= highest + 1e-5)) return false;
          }
          return true;
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a uint8 tensor', () => {
  test.each([
    ['NCHW', pixelPlanes(2), COUNTED_BY_CHANNEL],
    ['NHWC', interleavedPixels(2), [...COUNTED.pixels]],
  ])('without quantization has the pixels as they are: %s', (_layout, input, expected) => {
    const tensor = tensorFor(input, 2, UNCHANGED);
    tensor.write(COUNTED, 1);
    const values = tensor.first(2);
    expect(values).toBeInstanceOf(Uint8Array);
    expect([...values]).toEqual([...Array(12).fill(0), ...expected]);
  });

  test('has the pixels of a block of 2 x 2 side by side', () => {
    const tensor = tensorFor(blocks(4), 4, { mean: [0, 0, 0], std: [1, 1, 1] });
    // Each channel of each pixel has a value of its own: 1 to 48, row by row.
    const pixels = Uint8Array.from({ length: 48 }, (_, index) => index + 1);
    tensor.write({ pixels, channels: 3 }, 1);
    const values = tensor.first(2);
    expect(values).toBeInstanceOf(Uint8Array);
    expect([...values.subarray(0, 48)]).toEqual(Array(48).fill(0));
    const pixel = (row: number, column: number) => [1, 2, 3].map((value) => (row * 4 + column) * 3 + value);
    const block = (row: number, column: number) => [
      ...pixel(row, column),
      ...pixel(row, column + 1),
      ...pixel(row + 1, column),
      ...pixel(row + 1, column + 1),
    ];
    expect([...values.subarray(48)]).toEqual([
      ...block(0, 0),
      ...block(0, 2),
      ...block(2, 0),
      ...block(2, 2),
    ]);
  });

  test.each([
    ['a scale and a zero point', { scale: 1 / 128, zeroPoint: 100 }, [100, 228, 126, 151]],
    ['values beyond 0 to 255', { scale: 1 / 512, zeroPoint: 10 }, [10, 255, 112, 215]],
  ])('quantizes with %s', (_name, quantization, expected) => {
    const input: ModelInput = { ...blocks(2), quantization };
    const tensor = tensorFor(input, 2, { mean: [0, 0, 0], std: [1, 1, 1] });
    tensor.write(rgb(GREYS), 0);
    expect([...tensor.first(1)]).toEqual(expected.flatMap((value) => [value, value, value]));
  });

  test('rounds halves to the even neighbour', () => {
    const input: ModelInput = { ...blocks(2), quantization: { scale: 1, zeroPoint: 7 } };
    const tensor = tensorFor(input, 2, { mean: [0.5, -0.5, 1.5], std: [1, 1, 1] });
    tensor.write(rgb([255, 255, 255, 255]), 0);
    expect([...tensor.first(1).subarray(0, 3)]).toEqual([7 + 0, 7 + 2, 7 - 0]);
  });
});

describe.each([
  ['float32', planes(4)],
  ['uint8', blocks(4)],
])('any %s tensor', (_dtype, input) => {
  test('ignores the alpha of RGBA pixels', () => {
    const [opaque, plain] = [tensorFor(input, 4), tensorFor(input, 4)];
    const pixels = Uint8Array.from({ length: 48 }, (_, index) => index * 5);
    const rgba = Uint8Array.from({ length: 64 }, (_, index) =>
      index % 4 === 3 ? 77 : (pixels[Math.floor(index / 4) * 3 + (index % 4)] as number),
    );
    plain.write({ pixels, channels: 3 }, 0);
    opaque.write({ pixels: rgba, channels: 4 }, 0);
    expect(opaque.first(1)).toEqual(plain.first(1));
  });

  test('rejects an image of another size', () => {
    const image = { pixels: new Uint8Array(47), channels: 3 } as const;
    expect(() => tensorFor(input, 4).write(image, 0)).toThrow(/48 bytes of pixels, got 47/);
  });
});

const QUANTIZATION = { scale: 0.0186534, zeroPoint: 114 };
const quantized = (input: ModelInput): ModelInput => ({
  ...input,
  dtype: 'uint8',
  quantization: QUANTIZATION,
});
const bytePixels = fc.uint8Array({ minLength: 3 * 16, maxLength: 3 * 16 });

describe('an image that the caller has normalised', () => {
  test.each<[string, ModelInput, Partial<Normalisation>]>([
    ['float32, NCHW', planes(4), {}],
    ['float32, NHWC', interleaved(4), {}],
    ['float32, NHWC, rescaled', interleaved(4), { rescale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] }],
    ['quantized, NCHW', quantized(planes(4)), {}],
    ['quantized, NHWC', quantized(interleaved(4)), {}],
    ['quantized, blocks', { ...blocks(4), quantization: QUANTIZATION }, {}],
    ['pixels, NCHW', pixelPlanes(4), UNCHANGED],
    ['pixels, NHWC', interleavedPixels(4), UNCHANGED],
    ['pixels, blocks', { ...blocks(4), quantization: undefined }, UNCHANGED],
  ])('gives the tensor of its pixels, to the last bit: %s', (_input, input, normalisation) => {
    const tables = normalisationTables({ ...manifest.preprocessing, ...normalisation });
    fc.assert(
      fc.property(bytePixels, (pixels) => {
        const normalised = Float32Array.from({ length: 48 }, (_, index) => {
          const channel = Math.floor(index / 16) as 0 | 1 | 2;
          return tables[channel][pixels[(index % 16) * 3 + channel] as number] as number;
        });
        const [given, decoded] = [tensorFor(input, 4, normalisation), tensorFor(input, 4, normalisation)];
        given.write({ normalised }, 1);
        decoded.write({ pixels, channels: 3 }, 1);
        expect(given.first(2)).toEqual(decoded.first(2));
      }),
    );
  });

  test('is rounded and limited to 0 to 255 for a model that takes pixels', () => {
    const tensor = tensorFor(pixelPlanes(2), 2, UNCHANGED);
    tensor.write({ normalised: Float32Array.of(-3, 0.5, 1.5, 254.4, 256, 1e9, 1, 1, 1, 1, 1, 1) }, 0);
    expect([...tensor.first(1).subarray(0, 6)]).toEqual([0, 0, 2, 254, 255, 255]);
  });

  test('of another size is rejected', () => {
    expect(() => tensorFor(planes(4), 4).write({ normalised: new Float32Array(47) }, 0)).toThrow(
      /48 values, got 47/,
    );
  });
});
