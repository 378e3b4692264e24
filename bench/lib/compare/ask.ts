import type { Load, LoadOrder } from '../load/client.ts';
import type { RunningSubject } from '../subjects/running-subject.ts';
import type { Context } from './context.ts';

const LOOK_EVERY_MS = 200;
/** Of one core; what a server does for itself while nobody asks is less. */
const IDLE_SHARE = 0.1;
const SETTLE_TIMEOUT_MS = 30_000;

/**
 * Asks a server for so many seconds, and waits until it has done with the requests that the clients no longer wait for:
 * the next server must have the machine for itself.
 *
 * @returns with it the processor time of the server while it was asked.
 */
export async function ask(
  { client }: Context,
  server: RunningSubject,
  order: Omit<LoadOrder, 'url'>,
): Promise<Load & { readonly cpuSeconds: number }> {
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
  throw new Error(`${subject.title}: expected it to come to rest, but it still works`);
}
