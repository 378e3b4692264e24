import { expect, test, vi } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import * as vips from '../../../lambda/images/vips.ts';
import { encode } from '../../support/images.ts';

vi.mock(import('../../../lambda/images/vips.ts'), async (original) => {
  const module = await original();
  return { ...module, cropWithVips: vi.fn(module.cropWithVips) };
});

const geometry = { resize: { shortSide: 256, interpolation: 'bilinear' }, crop: 224 } as const;
const limits = { maxImageBytes: 1e7, maxPixels: 1e7, ...DEFAULT_DECODE_LIMITS };

// A test cannot make the machine run out of memory, so the library's error is faked.
test.each([
  ['Array buffer allocation failed', 'overloaded'],
  ['VipsJpeg: out of memory --- size == 400MB', 'overloaded'],
  ['webp2vips: unable to allocate', 'overloaded'],
  ['vipspng: libspng read error', 'invalid_image'],
])('%s is %s', async (message, code) => {
  const image = await inspectImage(await encode('png'), geometry, limits);
  vi.mocked(vips.cropWithVips).mockRejectedValueOnce(new Error(message));
  const error = await decodeImage(image).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code,
    retryAfterSeconds: code === 'overloaded' ? 1 : undefined,
    cause: { message },
  });
  expect((error as { detail: string }).detail).not.toContain(message);
});
