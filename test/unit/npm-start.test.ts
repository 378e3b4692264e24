import { expect, test } from 'vitest';
import { imageEnvironment } from '../../bench/lib/subjects/image-environment.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { REPOSITORY } from '../../scripts/lib/paths.ts';

test('npm start has the allocator and the room for new objects of the container image', () => {
  const { NODE_OPTIONS = '', ...image } = imageEnvironment(REPOSITORY);
  const allocator = Object.entries(image)
    .filter(([name]) => name.startsWith('MALLOC_'))
    .map(([name, value]) => `${name}=${value}`);
  expect(allocator).not.toEqual([]);
  const newObjects = NODE_OPTIONS.split(' ').filter((option) => option.startsWith('--max-semi-space-size='));
  expect(newObjects).toHaveLength(1);
  const words = packageJson.scripts.start.split(' ');
  expect(words).toEqual(expect.arrayContaining([...allocator, ...newObjects]));
});
