import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { snippets } from '../../lambda/http/page/snippets/index.js';
import type { SnippetRequest } from '../../lambda/http/page/snippets/request.js';
import { loadClassifier } from '../../lambda/model/classifier.ts';
import { testApp } from '../support/app.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';
import { isMissing, type Received, runProgram, snippetRequest, startRecorder } from './support.ts';

const CAT = readRepositoryFile('examples/cat.jpg');
const ESPRESSO = readRepositoryFile('examples/espresso.jpg');
const URL_OF_CAT = `https://example.com/it's "a" cat.jpg?size=1&copy=\\$HOME`;
const SECRETS = { API_KEY: 'the key', API_TOKEN: 'the-token' };
const HOSTILE_NAMES = ['-it\'s "a", ; $HOME `id` %s\n\\ñ日本\u202e.jpg', '- '];

/** Stands for the gateway: the service has no prefix in its paths, and does not see the stage. */
async function startService() {
  const fetched: string[] = [];
  const { request } = testApp({
    classifier: loadClassifier(MODEL_DIR, { threads: 1 }),
    fetchUrl: async (url, take) => {
      fetched.push(url);
      await take(CAT);
    },
  });
  const recorder = await startRecorder(({ method, url, headers, body }: Received) =>
    request(
      url.replace('/prod', ''),
      method === 'GET' ? {} : { method, headers: { 'content-type': headers['content-type'] ?? '' }, body },
    ),
  );
  return { ...recorder, fetched };
}

interface Explanation {
  readonly region: { readonly width: number };
  readonly maps: readonly { readonly maximum: number }[];
}

/** What the service explains of the cat. */
async function explained(): Promise<Explanation> {
  const response = await fetch(`${service.base}predict?explain=2`, { method: 'POST', body: CAT });
  const { explanation } = (await response.json()) as { explanation: Explanation };
  return explanation;
}

let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  service = await startService();
});
afterEach(() => {
  service.take();
});
afterAll(() => service.stop());

describe.each(snippets)('the request in $title', ({ id, make }) => {
  const isSkipped = isMissing(id);
  const run = (changes: Partial<SnippetRequest> & Pick<SnippetRequest, 'kind'>, files = {}) =>
    runProgram(id, make(snippetRequest({ base: service.base, ...changes })), files, SECRETS);

  test.skipIf(isSkipped)('classifies a file', async () => {
    const printed = await run({ kind: 'file', files: [{ name: 'cat.jpg' }] }, { 'cat.jpg': CAT });
    expect(printed).toContain('Egyptian cat');
    expect(printed).toContain('0.88');
    expect(printed.match(/tabby|tiger cat|lynx/g)?.length).toBe(2);
    const [request] = service.take();
    expect(request?.url).toBe('/prod/predict?top_k=3');
    expect(request?.headers).not.toHaveProperty('x-api-key');
    expect(request?.headers).not.toHaveProperty('authorization');
  });

  test.skipIf(isSkipped)('classifies the image at a URL', async () => {
    const printed = await run({ kind: 'url', url: URL_OF_CAT, topK: 1 });
    expect(printed).toContain('Egyptian cat');
    expect(service.fetched.pop()).toBe(URL_OF_CAT);
    expect(JSON.parse(String(service.take()[0]?.body))).toEqual({ url: URL_OF_CAT, top_k: 1 });
  });

  test.skipIf(isSkipped)(
    'classifies a batch, with names that have to be quoted and a file that is no image',
    async () => {
      const [first = '', second = ''] = HOSTILE_NAMES;
      const files = { [first]: CAT, [second]: ESPRESSO, 'text.jpg': Buffer.from('no image') };
      const printed = await run(
        { kind: 'batch', files: Object.keys(files).map((name) => ({ name })), topK: 1 },
        files,
      );
      expect(printed).toMatch(/Egyptian cat.*consomme.*Expected a JPEG/s);
      expect(service.take()).toMatchObject([{ url: '/prod/predict/batch?top_k=1' }]);
    },
  );

  test.skipIf(isSkipped).each([
    ['file', { files: [{ name: 'cat.jpg' }] }],
    ['url', { url: URL_OF_CAT }],
    ['batch', { files: [{ name: 'text.jpg' }, { name: 'cat.jpg' }] }],
  ] as const)('asks for heat maps, and prints them: %s', async (kind, source) => {
    const files = { 'cat.jpg': CAT, 'text.jpg': Buffer.from('no image') };
    const printed = await run({ kind, explain: 2, ...source }, files);
    const { region, maps } = await explained();
    expect(maps).toHaveLength(2);
    expect(printed).toContain(String(region.width));
    for (const { maximum } of maps) expect(printed).toContain(String(maximum));
  });

  test.skipIf(isSkipped)(
    'asks for another model, by a name and a version that have to be encoded',
    async () => {
      const changes = { kind: 'url', url: URL_OF_CAT, model: 'resnet50@1.0.0+a b' } as const;
      // Every program prints the problem: curl as the answer, the others as what made them fail.
      const printed = await run(changes).catch((error: { readonly stderr: string }) => error.stderr);
      expect(printed).toContain('model_not_found');
      const [request] = service.take();
      expect(new URL(request?.url ?? '', service.base).searchParams.get('model')).toBe(changes.model);
    },
  );

  test.skipIf(isSkipped).each([
    ['api-key', 'x-api-key', 'the key'],
    ['jwt', 'authorization', 'Bearer the-token'],
  ] as const)('sends what %s requires', async (auth, header, value) => {
    await run({ kind: 'file', files: [{ name: 'cat.jpg' }], auth }, { 'cat.jpg': CAT });
    expect(service.take()[0]?.headers[header]).toBe(value);
  });

  test.skipIf(isSkipped)('gets an example photo first, with a command', async () => {
    const files = [{ name: "it's a cat.jpg" }];
    const download = `${service.base}examples/it's a cat.jpg`;
    const program = make(snippetRequest({ kind: 'file', base: service.base, files, download }));
    expect(program).toContain(`curl -O '${service.base}examples/it'\\''s a cat.jpg'`);
    const cat = { files: [{ name: 'cat.jpg' }], download: `${service.base}examples/cat.jpg` };
    const printed = await run({ kind: 'file', ...cat }, id === 'curl' ? {} : { 'cat.jpg': CAT });
    expect(printed).toContain('Egyptian cat');
  });

  test('names the variable of a key only if the page sent one or the service requires one', () => {
    const program = (changes: Partial<SnippetRequest>) =>
      make(snippetRequest({ kind: 'url', base: service.base, url: URL_OF_CAT, ...changes }));
    expect(program({ hasCredential: true })).toContain('API_KEY');
    expect(program({})).not.toMatch(/API_KEY|API_TOKEN|AWS/);
    expect(program({ auth: 'iam' })).toMatch(/AWS/);
  });
});
