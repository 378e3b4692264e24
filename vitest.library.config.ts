import { defineConfig } from 'vitest/config';
import { reporters } from './test/support/reporters.ts';

/** The tests of the code in lambda/, which also runs on Node.js 22: `npm run test:library`. */
export default defineConfig({
  test: {
    include: [
      'test/contract/**/*.test.ts',
      'test/unit/{authorization,budget,capture,cloudwatch,config,fetch,http,images,jobs,model,operations,prediction,telemetry}/**/*.test.ts',
      'test/unit/config.test.ts',
    ],
    globalSetup: 'test/support/temporary-folder.ts',
    testTimeout: 120_000,
    maxWorkers: 2,
    reporters: reporters('library-tests'),
  },
});
