import type { RunningSubject } from '../subjects/running-subject.ts';
import type { LoadClient, LoadOrder, MeasuredLoad } from './client.ts';

const LOOK_EVERY_MS = 200;
/** Share of one core. An idle server uses less. */
const IDLE_SHARE = 0.1;
const SETTLE_TIMEOUT_MS = 30_000;

/**
 * Puts load on a server until every request has its answer, then waits until the server is idle, so that the
 * next one has the machine to itself.
 *
 * @returns the load, and the CPU time of the server during it.
 */
export async function ask(
  client: LoadClient,
  server: RunningSubject,
  order: Omit<LoadOrder, 'url'>,
): Promise<MeasuredLoad & { readonly cpuSeconds: number }> {
  const before = await server.usage();
  const load = await client.apply({ url: server.url, ...order });
  const after = await server.usage();
  await settle(server, after.cpuSeconds);
  return { ...load, cpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

async function settle({ subject, usage }: RunningSubject, cpuSeconds: number): Promise<void> {
  const end = performance.now() + SETTLE_TIMEOUT_MS;
  let last = cpuSeconds;
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const now = (await usage()).cpuSeconds;
    if (now - last <= (IDLE_SHARE * LOOK_EVERY_MS) / 1000) return;
    last = now;
  }
  throw new Error(`${subject.title}: expected it to be idle after the load, but it is still busy`);
}
