import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { repositoryPath } from '../../support/model.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

interface Call {
  readonly path: string;
  readonly apiKey: string | undefined;
  readonly photos: readonly string[];
}

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** A service whose embedding of a photo is an angle, which the photo holds as text. */
const embeddings = ({ photos }: Call): Reply => ({
  status: 200,
  body: {
    embeddings: photos.map((degrees, index) => {
      const angle = (Number(degrees) * Math.PI) / 180;
      return Number.isNaN(angle)
        ? { index, problem: { code: 'invalid_image', detail: 'Expected a photo.' } }
        : { index, embedding: [Math.cos(angle), Math.sin(angle)] };
    }),
  },
});
const refusal = (status: number, code: string, detail: string, headers = {}): Reply => ({
  status,
  headers,
  body: { code, detail },
});

async function serve(answer: (call: Call) => Reply) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const call = await read(request);
    calls.push(call);
    const { status, headers, body } = answer(call);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  stack.defer(close);
  return { calls, close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function read(request: IncomingMessage): Promise<Call> {
  const type = request.headers['content-type'] ?? '';
  const form = await new Response(await buffer(request), { headers: { 'content-type': type } }).formData();
  const files = form.getAll('file').filter((file) => file instanceof Blob);
  const apiKey = request.headers['x-api-key'] as string | undefined;
  // A large photo is an angle and zeros.
  const photos = await Promise.all(
    files.map(async (file) => (await file.slice(0, 8).text()).replaceAll('\0', '')),
  );
  return { path: request.url ?? '', apiKey, photos };
}

/** @param photos the content of each file, by its path in the folder. */
async function folderOf(photos: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'similar-'));
  stack.defer(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(photos)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const similar = (args: readonly string[], environment: Record<string, string> = {}): Promise<Run> =>
  new Promise((resolve) => {
    const script = repositoryPath('examples/similar/similar.mjs');
    execFile(process.execPath, [script, ...args], { env: environment }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });

describe('examples/similar', () => {
  test('prints groups of near-duplicates, and why a file was skipped', async () => {
    const { url, calls } = await serve(embeddings);
    const folder = await folderOf({
      'a.jpg': '0',
      'b.PNG': '90',
      'broken.jpg': 'no photo',
      'deep/er/c.webp': '10',
      'd.jpeg': '20',
      'e.jpg': '91',
      'f.jpg': '200',
      'notes.txt': '0',
    });
    const { stdout, stderr, code } = await similar([folder, '--url', `${url}/`, '--near', '0.98']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    // Photos at 0, 10 and 20 degrees: the cosine of 20 degrees is 0.94, but the one between them joins them.
    expect(stdout.replaceAll(`${folder}/`, '')).toBe(
      [
        'Skipped broken.jpg: Expected a photo.',
        'Photos: 6, groups of near-duplicates: 2',
        '',
        '0.985  a.jpg',
        '0.985  d.jpeg',
        '0.985  deep/er/c.webp',
        '',
        '1.000  b.PNG',
        '1.000  e.jpg',
        '',
      ].join('\n'),
    );
    expect(calls.map(({ path }) => path)).toEqual(['/embed?normalize=true']);
  });

  test('finds the photos that are most like one, without that one itself', async () => {
    const { url, calls } = await serve(embeddings);
    const folder = await folderOf({ 'a.jpg': '0', 'b.jpg': '60', 'c.jpg': '30', 'd.jpg': '180' });
    const photo = join(folder, 'a.jpg');
    const args = [folder, '--photo', photo, '--top', '2', '--json', '--url', url, '--model', 'a+b'];
    const { stdout } = await similar(args, { API_KEY: 'secret' });
    expect(JSON.parse(stdout)).toEqual({
      photos: 4,
      skipped: [],
      nearest: [
        { file: join(folder, 'c.jpg'), similarity: expect.closeTo(0.866, 3) },
        { file: join(folder, 'b.jpg'), similarity: expect.closeTo(0.5, 3) },
      ],
    });
    expect(new Set(calls.map(({ path, apiKey }) => `${path} ${apiKey}`))).toEqual(
      new Set(['/embed?normalize=true&model=a%2Bb secret']),
    );
  });

  test('sends at most 16 photos and 4 MB in a request, and a larger photo alone', async () => {
    const { url, calls } = await serve(embeddings);
    const large = (angle: string, bytes: number) => Buffer.concat([Buffer.from(angle), Buffer.alloc(bytes)]);
    const small = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`c${index + 10}.jpg`, '5']));
    const folder = await folderOf({
      'a1.jpg': large('1', 2_500_000),
      'a2.jpg': large('2', 2_500_000),
      'b.jpg': large('3', 5_000_000),
      ...small,
    });
    await similar([folder, '--url', url]);
    expect(calls.map(({ photos }) => photos.length)).toEqual([1, 1, 1, 16, 4]);
    expect(calls.slice(0, 3).map(({ photos }) => photos)).toEqual([['1'], ['2'], ['3']]);
  });

  test('waits as long as a busy service asks for, and sends the photos again', async () => {
    const times: number[] = [];
    const { url, calls } = await serve((call) => {
      times.push(performance.now());
      if (times.length > 2) return embeddings(call);
      return times.length === 1
        ? refusal(503, 'overloaded', 'Busy.', { 'retry-after': '1' })
        : refusal(429, 'rate_limited', 'Too many.', { 'retry-after': '0' });
    });
    const folder = await folderOf({ 'a.jpg': '0', 'b.jpg': '1' });
    const { stdout } = await similar([folder, '--url', url]);
    expect(stdout).toContain('Photos: 2, groups of near-duplicates: 1');
    expect(calls.map(({ photos }) => photos)).toEqual([
      ['0', '1'],
      ['0', '1'],
      ['0', '1'],
    ]);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });

  test('sends fewer photos at a time if they are too much together, and skips one that is too much alone', async () => {
    const { url, calls } = await serve((call) => {
      const isTooMuch = call.photos.length > 2 || call.photos.includes('9');
      return isTooMuch ? refusal(422, 'too_many_pixels', 'Expected fewer pixels.') : embeddings(call);
    });
    const folder = await folderOf({ 'a.jpg': '0', 'b.jpg': '1', 'c.jpg': '9', 'd.jpg': '2', 'e.jpg': '3' });
    const { stdout } = await similar([folder, '--url', url, '--json']);
    const { photos, skipped } = JSON.parse(stdout);
    expect(photos).toBe(4);
    expect(skipped).toEqual([{ file: join(folder, 'c.jpg'), reason: 'Expected fewer pixels.' }]);
    expect(calls.map(({ photos }) => photos.join(' '))).toEqual(['0 1 9 2 3', '0 1 9', '0 1', '9', '2 3']);
  });

  test('skips a file that is refused alone as it would be among others', async () => {
    const { url } = await serve(() => refusal(400, 'invalid_request', 'Expected an image, got no bytes.'));
    const { stdout } = await similar([await folderOf({ 'empty.jpg': '' }), '--url', url]);
    expect(stdout).toMatch(/^Skipped .*empty\.jpg: Expected an image, got no bytes\.\nPhotos: 0, /);
  });

  test.each([
    [
      'has no embedding',
      refusal(422, 'unsupported_by_model', 'Expected a model with an embedding.'),
      /^Expected a model with an embedding\.\n$/,
    ],
    [
      'is unknown',
      refusal(404, 'model_not_found', 'Expected a model, got x.'),
      /^Expected a model, got x\.\n$/,
    ],
  ])('stops at the first answer if the model %s', async (_name, reply, message) => {
    const { url, calls } = await serve(() => reply);
    const { stdout, stderr, code } = await similar([
      await folderOf({ 'a.jpg': '0', 'b.jpg': '1' }),
      '--url',
      url,
    ]);
    expect({ stdout, code, calls: calls.length }).toEqual({ stdout: '', code: 1, calls: 1 });
    expect(stderr).toMatch(message);
  });

  test('says in one line what is wrong with the service, the folder or the options', async () => {
    const folder = await folderOf({ 'a.jpg': '0' });
    const { url } = await serve(embeddings);
    const closed = await serve(embeddings);
    closed.close();
    const html = await serve(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: undefined,
    }));
    const refused = async (...args: string[]) => (await similar(args)).stderr;
    expect(await refused(folder, '--url', closed.url)).toBe(`Cannot reach ${closed.url}: ECONNREFUSED\n`);
    expect(await refused(folder, '--url', html.url)).toMatch(
      /^Expected JSON from .*, got something else with status 200\n$/,
    );
    for (const noFolder of ['nowhere', 'a.jpg'])
      expect(await refused(join(folder, noFolder), '--url', url)).toBe(
        `Expected a folder with photos, got ${join(folder, noFolder)}\n`,
      );
    expect(await refused(folder, '--bear', '1')).toMatch(/^Unknown option '--bear'/);
    expect(await refused(folder, '--photo', 'no.jpg', '--url', url)).toBe('Expected a photo, got no.jpg\n');
    for (const near of ['much', '2', '-0.1', ''])
      expect(await refused(folder, `--near=${near}`)).toBe(
        `Expected --near to be from 0 to 1, got ${near}\n`,
      );
    for (const top of ['0', '1.5', 'all'])
      expect(await refused(folder, `--top=${top}`)).toBe(
        `Expected --top to be a whole number from 1, got ${top}\n`,
      );
    expect(await refused()).toMatch(/^Usage: /);
    expect((await similar(['--help'])).stdout).toMatch(/^Usage: /);
  });
});
