import { describe, expect, inject, test } from 'vitest';
import { startContainer } from '../../scripts/lib/docker/container.ts';
import { docker, IMAGE } from '../../scripts/lib/docker/docker.ts';
import { execBesideService } from '../../scripts/lib/docker/service-process.ts';
import { retry } from '../../scripts/lib/system/wait.ts';

const MEMORY_LIMIT = (memoryMiB: number) => `--memory=${memoryMiB}m`;

/** V8's heap limit in MiB: old and young generation. */
async function heapLimitMiB(...options: readonly string[]): Promise<number> {
  const code = 'v8.getHeapStatistics().heap_size_limit / 2 ** 20';
  return Number(
    await docker('run', '--rm', '--network=none', ...options, '--entrypoint=node', IMAGE, '--print', code),
  );
}

describe.skipIf(!inject('engine'))('the memory of JavaScript', () => {
  test.each([512, 1769, 4096])('in a container of %i MiB is about a quarter of it', async (memoryMiB) => {
    const limit = await heapLimitMiB(MEMORY_LIMIT(memoryMiB));
    expect(limit).toBeGreaterThanOrEqual(memoryMiB / 4);
    expect(limit).toBeLessThan(memoryMiB / 2.5);
  });

  test('follows NODE_OPTIONS, if set', async () => {
    const limit = await heapLimitMiB(MEMORY_LIMIT(1769), '--env=NODE_OPTIONS=--max-old-space-size=700');
    expect(limit).toBeGreaterThanOrEqual(700);
    expect(limit).toBeLessThan(900);
  });
});

describe.skipIf(!inject('engine'))('the threads that decode images', () => {
  const poolThreads = (container: Parameters<typeof execBesideService>[0]) =>
    execBesideService(
      container,
      `const threads = fs.readdirSync('/proc/' + service + '/task').map((thread) =>
         fs.readFileSync('/proc/' + service + '/task/' + thread + '/comm', 'utf8').trim());
       console.log(threads.filter((name) => name === 'libuv-worker').length)`,
    );

  test.each([
    ['are as many as the container’s CPUs, plus two', ['--cpus=1'], '3'],
    ['are as many as UV_THREADPOOL_SIZE, if set', ['--cpus=1', '--env=UV_THREADPOOL_SIZE=5'], '5'],
  ])('%s', async (_what, options, expected) => {
    await using server = await startContainer({ options, command: ['http'] });
    await retry(() => fetch(`${server.url}/health`));
    expect(await poolThreads(server)).toBe(expected);
  });
});
