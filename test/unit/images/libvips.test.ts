import { beforeEach, expect, test, vi } from 'vitest';

const VIPS = '../../../lambda/images/vips.ts';
const load = () => import('../../../lambda/images/libvips.ts');

beforeEach(() => {
  vi.resetModules();
  vi.doUnmock(VIPS);
});

test('many images at the same time load libvips once', async () => {
  const loaded = vi.fn(() => ({ DECODER_VERSIONS: {} }));
  vi.doMock(VIPS, loaded);
  const { loadVips } = await load();
  const all = await Promise.all(Array.from({ length: 20 }, loadVips));
  expect(new Set(all).size).toBe(1);
  expect(loaded).toHaveBeenCalledTimes(1);
});

test('libvips counts as unbroken until it has failed to load, and then for good', async () => {
  vi.doMock(VIPS, () => {
    throw new Error('dlopen /secret/path');
  });
  const { loadVips, requireUnbrokenVips } = await load();
  expect(requireUnbrokenVips).not.toThrow();
  const problem = { code: 'not_ready', detail: 'The image decoder could not be loaded.' };
  await expect(loadVips()).rejects.toMatchObject(problem);
  vi.doUnmock(VIPS);
  await expect(loadVips()).rejects.toMatchObject(problem);
  expect(requireUnbrokenVips).toThrow(expect.objectContaining(problem));
});
