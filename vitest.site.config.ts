import { defineConfig } from 'vitest/config';
import { reporters } from './test/support/reporters.ts';

/** The tests of the built documentation: `npm run docs:test`, after `npm run docs:build`. */
export default defineConfig({
  test: {
    include: ['test/site/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: reporters('site-tests'),
  },
});
