import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostileService, head, startHostileService, talk } from './support.ts';

/** Far less than the half second that the longest step may take. */
const MAX_TICK_MS = 250;
const ADDRESSES = 19;

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService({ MEMORY_LIMIT_MIB: '1769' });
  await service.expectAlive();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

const post = (path: string, type: string, body: string | Uint8Array) =>
  Buffer.concat([
    Buffer.from(
      head('POST', path, [
        ['content-type', type],
        ['content-length', String(body.length)],
      ]),
    ),
    Buffer.from(body as string),
  ]);
const json = (path: string, body: string | Uint8Array) => post(path, 'application/json', body);
const numbered = (count: number, item: (name: string) => string, separator: string) =>
  Array.from({ length: count }, (_, index) => item(index.toString(36))).join(separator);
/** Parts with as much to parse in their headers as fits into `bytes`. */
const form = (bytes: number, headers: (name: string) => string) =>
  post(
    '/predict',
    'multipart/form-data; boundary=X',
    `${numbered(99, (name) => `--X\r\n${headers(name).slice(0, bytes)}\r\n\r\nv\r\n`, '')}--X--`,
  );
const disposition = (name: string) => `content-disposition: form-data; name="${name}"`;
/** Base64 with white space, with every kind of escape, in an order that no processor can predict. */
function mixed(bytes: number): string {
  const kinds = ['A', '\\n', '\\t', ' ', '\\/', '+'];
  let seed = 1;
  const block = Array.from({ length: 2 ** 18 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return kinds[(seed >>> 16) % kinds.length];
  }).join('');
  return block.repeat(Math.ceil(bytes / block.length));
}

/** Sends all requests but for their last bytes, then all last bytes together. */
async function sendTogether(request: Uint8Array, count: number): Promise<readonly number[]> {
  const { promise: go, resolve: start } = Promise.withResolvers<void>();
  let sent = 0;
  async function* pieces() {
    yield request.subarray(0, -1);
    sent += 1;
    if (sent === count) setTimeout(start, 300);
    await go;
    yield request.subarray(-1);
  }
  const clients = Array.from({ length: count }, (_, client) =>
    talk(service.port, pieces(), { localAddress: `127.0.0.${2 + (client % ADDRESSES)}` }),
  );
  return (await Promise.all(clients)).map(({ status }) => status);
}

test.each([
  [
    'forms with thousands of parameters',
    100,
    () => form(16_000, (name) => disposition(name) + ';a=b'.repeat(3900)),
  ],
  ['forms with the most parameters', 300, () => form(2000, (name) => disposition(name) + ';a="'.repeat(500))],
  ['forms with the most headers', 300, () => form(2000, (name) => disposition(name) + '\r\na:'.repeat(15))],
  [
    'JSON with thousands of names',
    300,
    () => json('/predict', `{${numbered(8000, (name) => `"${name}":1`, ',')}}`),
  ],
  [
    'JSON with the most names',
    300,
    () => json('/predict', `{${numbered(1800, (name) => `"${name}":1`, ',')}}`),
  ],
  ['JSON with the most strings', 300, () => json('/predict', `{"image":["${'","'.repeat(5400)}"]}`)],
  [
    'JSON with the most strings, in a batch',
    300,
    () => json('/predict/batch', `{"images":["${'","'.repeat(5400)}"]}`),
  ],
  [
    'JSON with the most names, for a URL',
    300,
    () => json('/predict/url', `{${numbered(1800, (name) => `"${name}":1`, ',')}}`),
  ],
  [
    'queries with thousands of names',
    300,
    () => Buffer.from(head('GET', `/health?${numbered(3500, String, '&')}`, [])),
  ],
  [
    'queries with the most names',
    300,
    () => Buffer.from(head('GET', `/health?${numbered(100, (name) => name.repeat(70), '&')}`, [])),
  ],
  [
    'large JSON of white space and escapes',
    6,
    () => json('/predict/batch', `{"images":["${mixed(25_000_000)}"]}`),
  ],
  ['large JSON of backslashes', 6, () => json('/predict/batch', `{"images":["${'\\'.repeat(25_000_000)}"]}`)],
] as const)('%s do not block the event loop', { timeout: 60_000 }, async (_what, count, make) => {
  await service.forgetTicks();
  const statuses = await sendTogether(make(), count);
  expect(Math.max(...statuses)).toBeLessThan(500);
  expect((await service.stats()).longestTickMs).toBeLessThan(MAX_TICK_MS);
});
