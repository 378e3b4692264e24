import { expect, test } from 'vitest';
import { imagesIn } from '../../lambda/http/body/upload.ts';

const LIMITS = { maxImageBytes: 20_000_000, maxBodyBytes: 64_000_000, maxBatch: 16 };
const UPLOAD = { kind: 'json', contentType: 'application/json', maxBytes: 64_000_000 } as const;
const IMAGE_BYTES = 3_990_000;

/** Reading runs on the event loop, which nothing may hold for longer than 0.5 s. */
const MAX_CPU_MS = 500;

test.each(['\\u002f', '\\n', '\\/', 'A ', ' '])(
  '16 images of nothing but %j are read in a bounded time',
  (text) => {
    const image = `"${text.repeat(IMAGE_BYTES / text.length)}"`;
    const body = Buffer.from(`{"images":[${Array.from({ length: 16 }, () => image)}]}`);
    const before = process.threadCpuUsage();
    expect(imagesIn(body, UPLOAD, LIMITS)).toHaveLength(16);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000, 'CPU time in ms').toBeLessThan(MAX_CPU_MS);
  },
);

test('64 MB of white space behind a string are not looked through', () => {
  const body = Buffer.alloc(64_000_000, ' ');
  body.write(`{"images":["${'A'.repeat(5000)}"`);
  const before = process.threadCpuUsage();
  expect(() => imagesIn(body, UPLOAD, LIMITS)).toThrow('at most');
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1000, 'CPU time in ms').toBeLessThan(MAX_CPU_MS / 5);
});
