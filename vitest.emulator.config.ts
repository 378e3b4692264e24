import { defineConfig } from 'vitest/config';

/** The tests of a deployment in the emulator, which `npm run emulator` makes and destroys around them. */
export default defineConfig({
  test: {
    include: ['test/emulator/**/*.test.ts'],
    globalSetup: 'test/emulator/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One deployment, whose throttling and whose labels some of the tests change.
    fileParallelism: false,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'coverage/emulator-tests.json' }]]
      : ['default'],
  },
});
