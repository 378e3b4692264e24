import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createBudgets } from '../../lambda/budget/budgets.ts';
import { type TestDependencies, testApp } from '../support/app.ts';
import { EMBEDDING_VALUES, fakeMap, featureClassifier, MAP_SIDE } from '../support/features.ts';
import { fakeClassifier, readRepositoryFile } from '../support/model.ts';
import { type Answer, answerOf, expectDocumented, expectProblem, requestPath } from '../support/openapi.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const base64 = Buffer.from(cat).toString('base64');
const BODIES = {
  '/predict': `"image":"${base64}"`,
  '/predict/batch': `"images":["${base64}"]`,
  '/predict/url': '"url":"https://a.example/cat.jpg"',
} as const;
type Path = keyof typeof BODIES;
const PATHS = Object.keys(BODIES) as Path[];

const fetchUrl: TestDependencies['fetchUrl'] = async (_url, take) => {
  await take(cat);
};
const appWith = (dependencies: TestDependencies = {}) =>
  testApp({ classifier: Promise.resolve(featureClassifier()), fetchUrl, ...dependencies });
const { request } = appWith();

const json = (path: Path, more = ''): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: `{${BODIES[path]}${more && ','}${more}}`,
});

function form(...explain: readonly string[]): RequestInit {
  const body = new FormData();
  body.append('file', new Blob([cat]), 'cat.jpg');
  for (const value of explain) body.append('explain', value);
  return { method: 'POST', body };
}

async function post(path: Path, query: string, init: RequestInit): Promise<Answer> {
  const answer = await answerOf(await request(`${path}${query}`, init));
  expectDocumented('POST', path, answer);
  return answer;
}

interface Explanation {
  readonly region: Readonly<Record<'left' | 'top' | 'width' | 'height', number>>;
  readonly maps: readonly {
    readonly rank: number;
    readonly index: number;
    readonly minimum: number;
    readonly maximum: number;
    readonly values: readonly (readonly number[])[];
  }[];
}
type Item = { readonly explanation?: Explanation; readonly predictions: readonly unknown[] };

/** The answer for the only image. */
function itemOf({ status, body }: Answer): Item {
  expect(status).toBe(200);
  const { results } = body as { readonly results?: readonly Item[] };
  return results?.[0] ?? (body as Item);
}
const mapsOf = (answer: Answer) => itemOf(answer).explanation?.maps ?? [];

async function expectFields(answer: Answer, ...fields: readonly object[]): Promise<void> {
  expectProblem(answer, 400, 'invalid_request');
  expect(answer.body).toMatchObject({ fields });
}

describe('explain', () => {
  const counts = [
    ['true', 1],
    ['1', 1],
    ['3', 3],
    ['10', 10],
  ] as const;
  test.each(counts)('%s explains as many of the predictions, wherever it is', async (value, count) => {
    for (const path of PATHS) {
      expect(mapsOf(await post(path, `?top_k=12&explain=${value}`, json(path)))).toHaveLength(count);
      expect(mapsOf(await post(path, '?top_k=12', json(path, `"explain":${value}`)))).toHaveLength(count);
    }
    for (const path of ['/predict', '/predict/batch'] as const)
      expect(mapsOf(await post(path, '?top_k=12', form(value)))).toHaveLength(count);
  });

  test('may be in the words of Python in a query and in a form', async () => {
    for (const [text, count] of [
      ['True', 1],
      ['False', 0],
    ] as const) {
      expect(mapsOf(await post('/predict', `?explain=${text}`, json('/predict')))).toHaveLength(count);
      expect(mapsOf(await post('/predict', '', form(text)))).toHaveLength(count);
    }
  });

  test('true is the same as 1, also in another place', async () => {
    expect(mapsOf(await post('/predict', '?explain=true', json('/predict', '"explain":1')))).toHaveLength(1);
    expect(mapsOf(await post('/predict', '?explain=1', json('/predict', '"explain":true')))).toHaveLength(1);
  });

  test.each(PATHS)('%s explains nothing without it, and makes no features', async (path) => {
    const asked: unknown[] = [];
    const app = appWith({
      classifier: Promise.resolve(
        featureClassifier(({ extras }) => {
          asked.push(...extras);
        }),
      ),
    });
    for (const [query, more] of [
      ['', ''],
      ['?explain=false', ''],
      ['', '"explain":false'],
    ] as const) {
      const answer = await answerOf(await app.request(`${path}${query}`, json(path, more)));
      expectDocumented('POST', path, answer);
      expect(itemOf(answer)).not.toHaveProperty('explanation');
    }
    expect(asked).toEqual([]);
  });

  test('explains no more classes than top_k names', async () => {
    const answer = await post('/predict', '?top_k=2&explain=5', json('/predict'));
    expect(mapsOf(answer).map(({ rank, index }) => [rank, index])).toEqual([
      [1, 7],
      [2, 6],
    ]);
  });

  const EXPECTED = 'expected true, false or a whole number from 1 to 10';
  test.each(['0', '11', '-1', '2.5', '1e1', 'TRUE', 'yes', '', '001', ' 1'])(
    'the text %j is refused in the query and in a form',
    async (text) => {
      const shown = /^-?\d+(\.\d+)?$/.test(text) ? text : JSON.stringify(text);
      const message = `${EXPECTED}, got ${shown}`;
      const query = `?explain=${encodeURIComponent(text)}`;
      for (const path of PATHS)
        await expectFields(await post(path, query, json(path)), { field: 'query.explain', message });
      await expectFields(await post('/predict', '', form(text)), { field: 'body.explain', message });
    },
  );

  test.each([
    ['0', '0'],
    ['11', '11'],
    ['1.5', '1.5'],
    ['"true"', '"true"'],
    ['"3"', '"3"'],
    ['null', 'null'],
    ['[1]', 'an array'],
  ])('the JSON value %s is refused', async (value, shown) => {
    for (const path of PATHS) {
      await expectFields(await post(path, '', json(path, `"explain":${value}`)), {
        field: 'body.explain',
        message: `${EXPECTED}, got ${shown}`,
      });
    }
  });

  test('twice in one place is refused', async () => {
    const twice = { message: `${EXPECTED}, got 2 values: "1" and "2"` };
    await expectFields(await post('/predict', '?explain=1&explain=2', json('/predict')), twice);
    await expectFields(await post('/predict', '', form('1', '2')), twice);
    await expectFields(await post('/predict', '', json('/predict', '"explain":1,"explain":2')), {
      message: `${EXPECTED}, got 2 values`,
    });
  });

  test.each(PATHS)('%s refuses another value in the body than in the query, and names both', async (path) => {
    const answer = await post(path, '?explain=false&top_k=3', json(path, '"explain":2,"top_k":4'));
    await expectFields(
      answer,
      { field: 'query.top_k', message: 'expected 4 as in the body, got 3' },
      { field: 'body.top_k', message: 'expected 3 as in the query, got 4' },
      { field: 'query.explain', message: 'expected 2 as in the body, got false' },
      { field: 'body.explain', message: 'expected false as in the query, got 2' },
    );
  });
});

describe('an explanation', () => {
  /** The first value of the normalised image of one colour. @param red 0..255 */
  const normalised = (red: number) => (red / 255 - 0.485) / 0.229;
  const plain = async (red: number, size = 224) =>
    new Uint8Array(
      await sharp({ create: { width: size, height: size, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer(),
    );

  test('has the values of each class in rows, rounded, with the least and the largest', async () => {
    const body = await plain(200);
    const [map] = mapsOf(await answerOf(await request('/predict?explain=true', { method: 'POST', body })));
    const expected = fakeMap(normalised(200), 7);
    expect(map?.values.map((row) => row.length)).toEqual(expected.map((row) => row.length));
    map?.values.flat().forEach((value, position) => {
      expect(value).toBeCloseTo(expected.flat()[position] as number, 4);
      expect(String(value)).toMatch(/^-?\d+(\.\d{1,4})?$/);
    });
    expect(map?.minimum).toBe(Math.min(...(map?.values.flat() ?? [])));
    expect(map?.maximum).toBe(Math.max(...(map?.values.flat() ?? [])));
  });

  test('of a batch belongs to its image, also with a broken one between them', async () => {
    const body = new FormData();
    for (const bytes of [await plain(10), new TextEncoder().encode('no image'), await plain(250)])
      body.append('file', new Blob([bytes]), 'x');
    const answer = await answerOf(await request('/predict/batch?explain=2', { method: 'POST', body }));
    expectDocumented('POST', '/predict/batch', answer);
    const { results } = answer.body as { readonly results: readonly Item[] };
    expect(results.map((item) => item.explanation?.maps[1]?.values[0]?.[0])).toEqual([
      expect.closeTo(normalised(10) + 6, 3),
      undefined,
      expect.closeTo(normalised(250) + 6, 3),
    ]);
  });

  // The short side becomes 256 pixels, of which the model sees the middle 224: 16 less at each end.
  const photo = (width: number, height: number, orientation?: number) =>
    sharp({ create: { width, height, channels: 3, background: 'grey' } })
      .jpeg()
      .withMetadata(orientation ? { orientation } : {})
      .toBuffer();
  test.each([
    // 451 pixels become trunc(256 * 451 / 300) = 384, so that each is 451 / 384 pixels wide.
    ['wide', photo(451, 300), [451, 300], { left: 93.96, top: 18.75, width: 263.08, height: 262.5 }],
    ['tall', photo(300, 451), [300, 451], { left: 18.75, top: 93.96, width: 262.5, height: 263.08 }],
    ['turned', photo(451, 300, 6), [300, 451], { left: 18.75, top: 93.96, width: 262.5, height: 263.08 }],
    ['mirrored', photo(451, 300, 2), [451, 300], { left: 93.96, top: 18.75, width: 263.08, height: 262.5 }],
    ['small', photo(32, 32), [32, 32], { left: 2, top: 2, width: 28, height: 28 }],
  ])(
    'covers the middle of a %s photo, as it is seen upright',
    async (_kind, bytes, [width, height], region) => {
      const body = new Uint8Array(await bytes);
      const answer = await answerOf(await request('/predict?explain=true', { method: 'POST', body }));
      expect(answer.body).toMatchObject({ image: { width, height }, explanation: { region } });
    },
  );

  test('covers the whole photo if the model does', async () => {
    const preprocessing = {
      resize: { exactSide: 224, interpolation: 'bilinear', antialias: true },
      crop: 224,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    } as const;
    const whole = appWith({
      classifier: Promise.resolve(
        featureClassifier(undefined, { preprocessing: structuredClone(preprocessing) as never }),
      ),
    });
    const body = new Uint8Array(await photo(451, 300));
    const answer = await answerOf(await whole.request('/predict?explain=true', { method: 'POST', body }));
    expect(answer.body).toMatchObject({
      explanation: { region: { left: 0, top: 0, width: 451, height: 300 } },
    });
  });

  test('counts as inference in the times of the answer', async () => {
    const slow = featureClassifier();
    const app = appWith({
      classifier: Promise.resolve({
        ...slow,
        activationMapper: async (features, classes) => {
          await new Promise((resolve) => setTimeout(resolve, 60));
          return slow.activationMapper?.(features, classes) ?? [];
        },
      }),
    });
    const response = await app.request('/predict?explain=true', json('/predict'));
    const { timing_ms } = (await response.json()) as { timing_ms: { inference: number } };
    expect(timing_ms.inference).toBeGreaterThan(50);
    expect(response.headers.get('server-timing')).toContain(`inference;dur=${timing_ms.inference}`);
    expect(app.requests.at(-1)?.inferenceMs).toBeGreaterThan(50);
  });
});

test('requests that share a run of the model get what they asked for', async () => {
  const runs: { readonly count: number; readonly extras: readonly string[] }[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const budgets = createBudgets(testApp().config.budgets);
  const app = appWith({
    budgets,
    classifier: Promise.resolve(
      featureClassifier(async ({ count, extras }) => {
        runs.push({ count, extras });
        if (runs.length === 1) await held;
      }),
    ),
  });
  const send = (query: string) => app.request(`/predict${query}`, json('/predict')).then(answerOf);
  const first = send('');
  await expect.poll(() => runs.length).toBe(1);
  const others = [send('?explain=3'), send(''), send('?explain=true')];
  await expect
    .poll(() => [budgets.decoded.used(), budgets.decoders.used()], { message: 'all wait for a run' })
    .toEqual([4, 0]);
  release();
  const answers = await Promise.all([first, ...others]);
  expect(answers.map((answer) => itemOf(answer).explanation?.maps.length)).toEqual([
    undefined,
    3,
    undefined,
    1,
  ]);
  expect(runs.slice(1)).toEqual([{ count: 3, extras: ['features', 'features'] }]);
});

test.each(['/model', '/models/{name}'])(
  'GET %s shows the embedding and the maps, but no file',
  async (path) => {
    const answer = await answerOf(await request(requestPath(path, 'fake')));
    expectDocumented('GET', path, answer);
    expect(answer.body).toMatchObject({
      embedding: { name: 'embedding', dtype: 'float32', shape: [null, EMBEDDING_VALUES] },
      activationMaps: { features: { name: 'features' }, rows: MAP_SIDE, columns: MAP_SIDE },
    });
    expect(JSON.stringify(answer.body)).not.toContain('.onnx');
    const plain = await answerOf(await testApp().request(requestPath(path, 'fake')));
    expect(Object.keys(plain.body as object)).not.toEqual(expect.arrayContaining(['embedding']));
    expect(Object.keys(plain.body as object)).not.toEqual(expect.arrayContaining(['activationMaps']));
  },
);

describe('a model without activation maps', () => {
  const unsupported = {
    code: 'unsupported_by_model',
    detail:
      'Expected a model with activation maps to explain predictions, got fake@9.9.9, whose bundle has none. ' +
      'GET /models/fake@9.9.9 shows what it has.',
  };
  const plainApp = () => appWith({ classifier: Promise.resolve(fakeClassifier()) });

  test.each(PATHS)('%s says so, wherever it is asked', async (path) => {
    const app = plainApp();
    for (const [query, more] of [
      ['?explain=true', ''],
      ['', '"explain":2'],
    ] as const) {
      const answer = await answerOf(await app.request(`${path}${query}`, json(path, more)));
      expectDocumented('POST', path, answer);
      expectProblem(answer, 422, 'unsupported_by_model');
      expect(answer.body).toMatchObject(unsupported);
    }
    expect(
      itemOf(await answerOf(await app.request(`${path}?explain=false`, json(path)))).predictions,
    ).toHaveLength(5);
  });

  test.each(['/predict', '/predict/batch'] as const)(
    '%s refuses the query before it reads the body',
    async (path) => {
      let isRead = false;
      const response = await plainApp().app.request(`${path}?explain=true`, json(path), {
        readBody: async () => {
          isRead = true;
        },
      });
      expectProblem(await answerOf(response), 422, 'unsupported_by_model');
      expect(isRead).toBe(false);
    },
  );

  test('names the path that shows what this model has, not what the default has', async () => {
    const app = testApp({
      classifier: Promise.resolve(featureClassifier()),
      others: [Promise.resolve(fakeClassifier(undefined, { name: 'plain' }))],
    });
    const refused = await answerOf(await app.request('/predict?model=plain&explain=true', json('/predict')));
    const { detail = '' } = refused.body as { readonly detail?: string };
    const [, path = ''] = /GET (\S+) shows/.exec(detail) ?? [];
    expect(await answerOf(await app.request(path))).toMatchObject({ status: 200, body: { name: 'plain' } });
  });

  test('a URL is not fetched', async () => {
    const fetched: string[] = [];
    const app = appWith({
      classifier: Promise.resolve(fakeClassifier()),
      fetchUrl: async (url) => {
        fetched.push(url);
      },
    });
    const answer = await answerOf(await app.request('/predict/url', json('/predict/url', '"explain":true')));
    expectProblem(answer, 422, 'unsupported_by_model');
    expect(fetched).toEqual([]);
  });
});
