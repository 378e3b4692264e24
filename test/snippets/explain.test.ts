import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snippets } from '../../lambda/http/page/snippets/index.js';
import { isMissing, runProgram, snippetRequest, startRecorder } from './support.ts';

const MAP = {
  rank: 1,
  index: 285,
  minimum: -1.5,
  maximum: 9.25,
  values: [
    [-1.5, 0.5],
    [9.25, 0],
  ],
};
const RESULT = {
  predictions: [{ rank: 1, index: 285, label: 'Egyptian cat', probability: 0.75 }],
  explanation: { region: { left: 76, top: 0, width: 299, height: 300 }, maps: [MAP] },
};
const PROBLEM = {
  title: 'No',
  detail: 'Expected something else.',
  status: 415,
  code: 'unsupported_media_type',
};

let service: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
  service = await startRecorder(({ url }) =>
    Response.json(
      url.includes('batch')
        ? { results: [RESULT, { problem: PROBLEM }].map((result, index) => ({ index, ...result })) }
        : RESULT,
    ),
  );
});
afterAll(() => service.stop());

describe.each(snippets)('heat maps in $title', ({ id, make }) => {
  const isSkipped = isMissing(id);
  const photo = { name: 'cat.jpg' };
  const broken = { name: 'text.jpg' };

  test.skipIf(isSkipped).each([
    ['file', { files: [photo] }, '/predict?explain=2&top_k=3', undefined],
    [
      'url',
      { url: 'https://example.com' },
      '/predict/url',
      { url: 'https://example.com', top_k: 3, explain: 2 },
    ],
    ['batch', { files: [photo, broken] }, '/predict/batch?explain=2&top_k=3', undefined],
  ] as const)('are asked for and printed: %s', async (kind, source, path, body) => {
    const program = make(snippetRequest({ kind, base: service.base, explain: 2, ...source }));
    const printed = await runProgram(id, program, {
      'cat.jpg': Buffer.from('a photo'),
      'text.jpg': Buffer.from('no photo'),
    });
    const [received] = service.take();
    expect(received?.url).toBe(`/prod${path}`);
    if (body) expect(JSON.parse(String(received?.body))).toEqual(body);
    for (const shown of ['Egyptian cat', '0.75', '299', '-1.5', '9.25']) expect(printed).toContain(shown);
    if (kind === 'batch') expect(printed).toContain(PROBLEM.detail);
  });
});
