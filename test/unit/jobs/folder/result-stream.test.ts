import { expect, test } from 'vitest';
import { streamResults } from '../../../../lambda/jobs/folder/result-stream.ts';
import type { StoredResult } from '../../../../lambda/jobs/folder/store/inputs.ts';

/** Results with lines of this many bytes, and how many of them were read. */
function resultsOf(count: number, bytes: number) {
  const state = { read: 0 };
  function* results(_job: number, after: number): Generator<StoredResult> {
    for (let position = after + 1; position < count; position += 1) {
      state.read += 1;
      yield { position, line: Buffer.alloc(bytes, position) };
    }
  }
  return { state, results };
}

test.each([
  ['short lines together', 1000, 500],
  ['long lines alone', 20, 100_000],
])('a page has %s, and is made when it is read', async (_what, count, bytes) => {
  const inputs = resultsOf(count, bytes);
  const pages = streamResults(inputs, { number: 1, succeeded: count, failed: 0 });
  const sizes: number[] = [];
  for await (const page of pages) {
    sizes.push(page.byteLength);
    expect(inputs.state.read * bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  }
  expect(inputs.state.read).toBe(count);
  expect(Math.max(...sizes)).toBeLessThan(32 * 1024 + bytes);
  expect(sizes.length).toBeLessThanOrEqual(20);
});

test('lines that were deleted meanwhile are an error, and not a shorter file', async () => {
  const pages = streamResults(resultsOf(2, 10), { number: 1, succeeded: 2, failed: 1 });
  await pages.next();
  await expect(pages.next()).rejects.toThrow('Expected 3 results of a job, got 2.');
});
