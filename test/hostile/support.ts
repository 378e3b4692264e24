import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { imageEnvironment } from '../../bench/lib/subjects/image-environment.ts';
import type { Environment } from '../../lambda/config.ts';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type Answer, answerOf, expectDocumented } from '../support/openapi.ts';
import { guardMemory, mappedFiles } from './memory-guard.ts';

const IMAGE = imageEnvironment(REPOSITORY);
/** The settings of glibc's allocator in the container image. Other C libraries ignore them. */
const ALLOCATOR = Object.fromEntries(Object.entries(IMAGE).filter(([name]) => name.startsWith('MALLOC_')));
/** The image's room for new objects in V8's heap. The rest of the heap depends on the machine. */
const [NEW_OBJECTS = ''] = /--max-semi-space-size=\d+/.exec(IMAGE['NODE_OPTIONS'] ?? '') ?? [];
/** The C library whose allocator the container image uses. */
const C_LIBRARY = 'libc.so.6';
const SERVICE = fileURLToPath(new URL('service.ts', import.meta.url));

export const MIB = 2 ** 20;
/** Far more than the service may ever take, and far less than a test machine has. */
const MAX_RSS_BYTES = 3072 * MIB;
const DEATH_KNOWN_AFTER_MS = 1000;

export const cat = readRepositoryFile('examples/cat.jpg');

export interface ServiceStats {
  readonly rssBytes: number;
  /** The peak of the process. */
  readonly peakRssBytes: number;
  /** CPU time of the process so far, of all its threads. */
  readonly cpuMs: number;
  /** The longest time that the event loop was blocked, in CPU time of the main thread. */
  readonly longestTickMs: number;
  /** Number of responses by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The first responses with status 500 or above, with their causes. */
  readonly failures: readonly string[];
}

export interface HostileService {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Whether the process uses the allocator of the container image. */
  readonly hasImageAllocator: boolean;
  /**
   * Sends a request. Fails unless the status of the response is below 500 and the API reference describes it.
   */
  post(path: DocumentedPath, init: RequestInit, about?: string): Promise<Answer>;
  stats(): Promise<ServiceStats>;
  /** Begins a new measurement of `longestTickMs`. */
  forgetTicks(): Promise<void>;
  /**
   * Fails unless the process is alive, still classifies a good image and has sent no status of 500 or above.
   */
  expectAlive(): Promise<void>;
  stop(): Promise<void>;
}

type Route = '/predict' | '/predict/url' | '/predict/batch';
export type DocumentedPath = Route | `${Route}?${string}`;

/**
 * Checking a schema takes longer than decoding a small image, so responses that differ only in numbers share
 * a check.
 */
const documented = new Set<string>();

function expectDocumentedOnce(route: string, answer: Answer): void {
  const kind = JSON.stringify([route, answer], (key, value) =>
    key === 'request_id' || typeof value === 'number' ? typeof value : value,
  ).replaceAll(/\d+/g, '0');
  if (documented.has(kind)) return;
  expectDocumented('POST', route, answer);
  documented.add(kind);
}

/** Starts the service in its own process, with the Node.js that runs the tests. */
export async function startHostileService(settings: Environment = {}): Promise<HostileService> {
  const child = fork(SERVICE, {
    execPath: process.execPath,
    execArgv: ['--disable-warning=ExperimentalWarning', NEW_OBJECTS],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      ...ALLOCATOR,
      HOSTILE_SETTINGS: JSON.stringify(settings),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errorOutput = '';
  child.stderr?.on('data', (chunk) => {
    errorOutput = (errorOutput + chunk).slice(-4000);
  });
  let stopping = false;
  let death: string | undefined;
  let tooMuch = '';
  const pid = child.pid as number;
  const endGuard = guardMemory(pid, MAX_RSS_BYTES, (bytes) => {
    tooMuch = ` by this test, as it took ${Math.round(bytes / MIB)} MiB`;
  });
  /** Called when the service ends. A promise that all requests race against would keep every response. */
  const waiting = new Set<(reason: Error) => void>();
  const exited = once(child, 'exit').then(([code, signal]) => {
    endGuard();
    death = `the service process ended with ${signal ?? `exit code ${code}`}${tooMuch}: ${errorOutput}`;
    if (!stopping) for (const fail of waiting) fail(new Error(death));
  });
  function alive<Value>(value: Promise<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    if (death) reject(new Error(death));
    waiting.add(reject);
    value.then(resolve, reject).finally(() => waiting.delete(reject));
    return promise;
  }

  const [url] = (await alive(once(child, 'message'))) as [string];

  async function post(path: DocumentedPath, init: RequestInit, about: string = path): Promise<Answer> {
    const [route = path] = path.split('?', 1);
    let response: Response;
    try {
      response = await alive(fetch(`${url}${path}`, { method: 'POST', ...init }));
    } catch (cause) {
      // The connection breaks before this process learns that the service has ended.
      await Promise.race([exited, sleep(DEATH_KNOWN_AFTER_MS)]);
      throw new Error(`${about}: no answer; ${death ?? 'the process is alive'}`, { cause });
    }
    const answer = await answerOf(response);
    if (answer.status >= 500) {
      throw new Error(`${about}: ${answer.status}; ${(await stats()).failures.join('\n')}`);
    }
    expectDocumentedOnce(route, answer);
    return answer;
  }

  let asked: Promise<unknown> = Promise.resolve();
  /** One question at a time, so that each gets its own reply. */
  function ask(question: 'stats' | 'forget ticks'): Promise<ServiceStats> {
    const answer = asked.then(async () => {
      child.send(question);
      const [answered] = await alive(once(child, 'message'));
      return answered as ServiceStats;
    });
    asked = answer.catch(() => {});
    return answer;
  }
  const stats = () => ask('stats');

  return {
    url,
    port: Number(new URL(url).port),
    pid,
    hasImageAllocator: mappedFiles(pid).includes(C_LIBRARY),
    post,
    stats,
    async forgetTicks() {
      await ask('forget ticks');
    },
    async expectAlive() {
      const answer = await post('/predict', { body: cat }, 'a good image afterwards');
      expect(answer).toMatchObject({ status: 200, body: { image: { format: 'jpeg', width: 451 } } });
      const { statuses, failures } = await stats();
      expect(failures).toEqual([]);
      expect(Object.keys(statuses).filter((status) => Number(status) >= 500)).toEqual([]);
    },
    async stop() {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
    },
  };
}

export const raw = (body: Uint8Array | string, contentType?: string): RequestInit => ({
  body: body as Uint8Array<ArrayBuffer> | string,
  // `fetch` would add a content type for a string.
  headers: { 'content-type': contentType ?? 'application/octet-stream' },
});

/** Fails unless the request was refused with one of the codes. */
export function expectRefused(answer: Answer, ...codes: readonly string[]): void {
  const { code } = answer.body as { code?: string };
  expect(codes, JSON.stringify(answer.body).slice(0, 300)).toContain(code);
}

export interface RawAnswer {
  /** Everything the server sent, as latin1. */
  readonly text: string;
  /** The status code. 0 if the server closed the connection without a response. */
  readonly status: number;
  /** The parsed body. Undefined if it is not JSON. */
  readonly json: unknown;
}

export interface RawOptions {
  /** The source address of the connection: any loopback address. */
  readonly localAddress?: string;
  /** Whether to half-close the connection once everything is written. */
  readonly end?: boolean;
  /**
   * Resets the connection this many milliseconds after everything is written, without waiting for a response.
   */
  readonly abortAfterMs?: number;
}

/**
 * Sends raw bytes to the server, and waits until it has responded and closed the connection. Requests should
 * have `connection: close`.
 */
export async function talk(
  port: number,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  { end = false, abortAfterMs, localAddress = '127.0.0.1' }: RawOptions = {},
): Promise<RawAnswer> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // A server that refuses a request may close while we are still writing. Only its response matters.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.once('end', resolve).once('close', () => resolve());
  });
  let isOver = false;
  void closed.then(() => {
    isOver = true;
  });
  for await (const piece of pieces) {
    if (isOver || socket.destroyed) break;
    if (!socket.write(piece)) {
      await Promise.race([closed, new Promise<void>((resolve) => socket.once('drain', () => resolve()))]);
    }
  }
  if (end) socket.end();
  if (abortAfterMs !== undefined) setTimeout(() => socket.resetAndDestroy(), abortAfterMs);
  await closed;
  socket.destroy();
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // Refusals by Node itself have no body.
  }
  return { text, status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0), json };
}

/** The head of a raw request. */
export function head(
  method: string,
  path: string,
  headers: readonly (readonly [name: string, value: string])[],
): string {
  const lines = [['host', 'localhost'], ['connection', 'close'], ...headers].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
