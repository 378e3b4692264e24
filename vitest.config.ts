import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Every file that loads the model takes both cores while it runs.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['lambda/**/*.ts'],
      // Entries only compose; the start-up tests run them in processes of their own.
      exclude: ['lambda/index.ts', 'lambda/local.ts'],
      thresholds: { lines: 90 },
      reporter: ['text-summary', 'lcov'],
    },
  },
});
