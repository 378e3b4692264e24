import { defineConfig } from 'vitest/config';
import { reporters } from './test/support/reporters.ts';

/** The tests that need a Docker engine: `npm run test:container`. */
export default defineConfig({
  test: {
    include: ['test/container/**/*.test.ts'],
    globalSetup: 'test/container/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Containers share the machine, and some of them are loaded.
    fileParallelism: false,
    reporters: reporters('container-tests'),
  },
});
