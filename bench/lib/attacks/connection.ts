import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Target {
  readonly port: number;
  /** Ends the attack. */
  readonly signal: AbortSignal;
  /** Counts answers by status, and connections that the service closes without an answer. */
  readonly count: (answer: string) => void;
}

/** Loopback addresses of the attackers, so that the limit for one address does not protect the service. */
const ADDRESSES = 19;

/** Opens a connection and counts its answers. Resolves with undefined if the connection is refused. */
export async function open({ port, signal, count }: Target, client: number): Promise<Socket | undefined> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (client % ADDRESSES)}` });
  let isAnswered = false;
  socket.on('error', () => {});
  socket.on('data', (data) => {
    for (const [, status = ''] of data.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      isAnswered = true;
      count(status);
    }
  });
  socket.once('close', () => {
    if (!isAnswered && !signal.aborted) count('closed');
  });
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  await firstOf(socket, 'connect', 'close');
  return socket.destroyed ? undefined : socket;
}

/** Resolves at the first of these events. Ignores errors, because `close` follows them. */
export function firstOf(socket: Socket, ...events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const onEvent = () => {
      for (const event of events) socket.off(event, onEvent);
      resolve();
    };
    for (const event of events) socket.on(event, onEvent);
  });
}

export function head(path: string, headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Writes as fast as the service reads. */
export async function write(socket: Socket, bytes: string | Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  await firstOf(socket, 'drain', 'close');
}

/** Runs clients concurrently until the attack is over, and restarts each one when it ends. */
export async function clients(
  target: Target,
  number: number,
  run: (client: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: number }, async (_, client) => {
      while (!target.signal.aborted) {
        await run(client);
        await sleep(50);
      }
    }),
  );
}

/** Keeps the connection open until the attack is over or the service closes it. */
export async function hold(socket: Socket, signal: AbortSignal): Promise<void> {
  if (socket.destroyed || signal.aborted) return;
  await firstOf(socket, 'close');
}
