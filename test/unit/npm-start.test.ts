import { expect, test } from 'vitest';
import { imageEnvironment } from '../../bench/lib/subjects/image-environment.ts';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { serverProcess } from '../../scripts/lib/tools/server-process.ts';

test('npm start has the allocator and the room for new objects of the container image', () => {
  const { NODE_OPTIONS = '', ...image } = imageEnvironment(REPOSITORY);
  const allocator = Object.entries(image).filter(([name]) => name.startsWith('MALLOC_'));
  expect(allocator).not.toEqual([]);
  const newObjects = NODE_OPTIONS.split(' ').filter((option) => option.startsWith('--max-semi-space-size='));
  expect(newObjects).toHaveLength(1);
  const server = serverProcess('start');
  expect(server?.environment).toMatchObject(Object.fromEntries(allocator));
  expect(server?.args).toEqual(expect.arrayContaining(newObjects));
});
