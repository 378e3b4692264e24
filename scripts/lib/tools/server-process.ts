import { existsSync } from 'node:fs';

/** Settings of the C library and of V8 that the container image has too: the process grows less and starts sooner. */
const ALLOCATOR = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '4000000',
  MALLOC_TRIM_THRESHOLD_: '4000000',
};
const COMPILE_CACHE = { NODE_COMPILE_CACHE: '.cache/compile' };
const SERVER = 'lambda/server.ts';

/** How Node.js runs the service. Paths are relative to the repository. */
export interface ServerProcess {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * By npm script. The service of `dev` starts again when a file changes.
 *
 * @param hasEnvFile Node.js prints a line about a missing `.env`, so it is named only if it exists.
 */
export function serverProcess(
  script: string,
  hasEnvFile: boolean = existsSync('.env'),
): ServerProcess | undefined {
  const settings = hasEnvFile ? ['--env-file=.env'] : [];
  switch (script) {
    case 'start':
      return {
        args: [...settings, '--max-semi-space-size=1', SERVER],
        environment: { ...COMPILE_CACHE, ...ALLOCATOR },
      };
    case 'dev':
      return {
        args: [...settings, '--watch-path=lambda', '--watch-preserve-output', SERVER],
        environment: COMPILE_CACHE,
      };
    default:
      return undefined;
  }
}
