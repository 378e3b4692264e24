import { configDefaults, defineConfig } from 'vitest/config';
import { reporters } from './test/support/reporters.ts';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'infrastructure',
          include: ['test/cdk/**/*.test.ts'],
          // To load the CDK takes longer than most of its tests. They change nothing that others could see.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'service',
          include: ['test/**/*.test.ts'],
          // The last three need a Docker engine, an emulator or the built documentation, and have configurations of their own.
          exclude: [
            ...configDefaults.exclude,
            'test/cdk/**',
            'test/browser/**',
            'test/container/**',
            'test/emulator/**',
            'test/site/**',
          ],
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'] },
      },
    ],
    globalSetup: 'test/support/temporary-folder.ts',
    // Synthesising a stage takes 10 s on an idle machine, and several times that on a busy one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Files that run the model or a browser take both cores of a small machine.
    maxWorkers: 2,
    // In CI, browser tests run as a job of their own, with a report of their own.
    reporters: reporters(process.env['TEST_REPORT'] ?? 'tests'),
    coverage: {
      provider: 'v8',
      include: ['lambda/**/*.ts'],
      // Entries only compose; where tests run them, it is in processes of their own.
      exclude: [
        'lambda/index.ts',
        'lambda/server.ts',
        'lambda/{pre,post}-traffic.ts',
        'lambda/probe.ts',
        'lambda/authorizer.ts',
        'lambda/quality-watch.ts',
        'lambda/job-webhook.ts',
      ],
      thresholds: { lines: 90 },
      reporter: ['text-summary', 'json-summary', 'lcov'],
    },
  },
});
