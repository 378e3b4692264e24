import { defineConfig } from 'vitest/config';
import { reporters } from './test/support/reporters.ts';

/** The tests of a deployment in the emulator, which `npm run emulator` makes and destroys around them. */
export default defineConfig({
  test: {
    include: ['test/emulator/**/*.test.ts'],
    globalSetup: 'test/emulator/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One deployment, whose throttling and whose labels some of the tests change.
    fileParallelism: false,
    reporters: reporters('emulator-tests'),
  },
});
