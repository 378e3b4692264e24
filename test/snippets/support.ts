import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { SnippetRequest } from '../../lambda/http/page/snippets/request.js';

interface Toolchain {
  /** Where the snippet is saved, as it says itself. */
  readonly file: string;
  readonly command: readonly [string, ...string[]];
  /** Succeeds if the toolchain is installed. */
  readonly probe: readonly [string, ...string[]];
}

/** How a reader runs each snippet, by its id. */
const TOOLCHAINS: Readonly<Record<string, Toolchain>> = {
  curl: { file: 'predict.sh', command: ['sh', 'predict.sh'], probe: ['curl', '--version'] },
  python: { file: 'predict.py', command: ['python3', 'predict.py'], probe: ['python3', '--version'] },
  javascript: {
    file: 'predict.mjs',
    command: [process.execPath, 'predict.mjs'],
    probe: [process.execPath, '-v'],
  },
  go: { file: 'predict.go', command: ['go', 'run', 'predict.go'], probe: ['go', 'version'] },
};

function toolchainOf(id: string): Toolchain {
  const toolchain = TOOLCHAINS[id];
  if (!toolchain) throw new Error(`expected a toolchain for the snippet ${id} in test/snippets/support.ts`);
  return toolchain;
}

/** Without its toolchain, a snippet is skipped on a laptop and fails on a build server. */
export function isMissing(id: string): boolean {
  const [command, ...args] = toolchainOf(id).probe;
  const missing = spawnSync(command, args).status !== 0 && process.env['CI'] !== 'true';
  if (missing) process.stderr.write(`The tests of the snippet ${id} are skipped: found no ${command}.\n`);
  return missing;
}

/**
 * Saves a program and runs it, as a reader would, in a folder of its own.
 *
 * @param files beside it, by name
 * @returns what it printed. @throws Error with what it printed if it fails
 */
export async function runProgram(
  id: string,
  program: string,
  files: Readonly<Record<string, Uint8Array>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { file, command } = toolchainOf(id);
  const folder = await mkdtemp(join(tmpdir(), 'snippet-'));
  await writeFile(join(folder, file), program);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const [name, ...args] = command;
  const { stdout } = await promisify(execFile)(name, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 24,
  });
  return stdout;
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer<ArrayBuffer>;
}

/** A server that answers with `answer`, and keeps what it received since the last call of `take`. */
export async function startRecorder(answer: (request: Received) => Promise<Response> | Response) {
  let received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: (await buffer(incoming)) as Buffer<ArrayBuffer> };
    received.push(request);
    const { status, headers: sent, ...response } = await responseOf(await answer(request));
    outgoing.writeHead(status, sent).end(response.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}/prod/`,
    take(): Received[] {
      const taken = received;
      received = [];
      return taken;
    },
    stop: () => void server.close(),
  };
}

async function responseOf(response: Response) {
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: { 'content-type': 'application/json' }, body };
}

/** A request as the page describes it to the snippets. */
export const snippetRequest = (
  changes: Partial<SnippetRequest> & Pick<SnippetRequest, 'kind' | 'base'>,
): SnippetRequest => ({
  files: [],
  url: undefined,
  download: undefined,
  topK: 3,
  model: undefined,
  explain: undefined,
  auth: 'unknown',
  hasCredential: false,
  ...changes,
});
