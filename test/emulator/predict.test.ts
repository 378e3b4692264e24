import { beforeAll, describe, expect, test } from 'vitest';
import { type Classifier, loadClassifier } from '../../lambda/model/classifier.ts';
import { testApp } from '../support/app.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';
import { type Answer, expectDocumented, expectProblem } from '../support/openapi.ts';
import { post } from './support.ts';

interface Prediction {
  readonly index: number;
  readonly label: string;
  readonly probability: number;
}
interface Classified {
  readonly predictions: readonly Prediction[];
  readonly image: { readonly format: string; readonly bytes: number };
}

const PHOTOS = ['cat.jpg', 'cat.png', 'espresso.webp', 'rocket.jpg'] as const;
const photo = (name: string) => readRepositoryFile(`examples/${name}`);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const json = (value: object) => [JSON.stringify(value), 'application/json'] as const;
function form(...files: readonly Uint8Array<ArrayBuffer>[]): FormData {
  const data = new FormData();
  for (const file of files) data.append('file', new Blob([file]), 'photo');
  return data;
}

let classifier: Classifier;
beforeAll(async () => {
  classifier = await loadClassifier(MODEL_DIR, { threads: 1 });
});

/** The response of this working tree's service to the same bytes, without a gateway. */
async function here(bytes: Uint8Array<ArrayBuffer>): Promise<Classified> {
  const { request } = testApp({ classifier: Promise.resolve(classifier) });
  return (await (await request('/predict', { method: 'POST', body: bytes })).json()) as Classified;
}

/** A byte that is lost or changed on the way changes the size or the probabilities. */
async function expectSame(answer: Classified, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const expected = await here(bytes);
  expect(answer.image).toEqual(expected.image);
  expect(answer.image.bytes).toBe(bytes.byteLength);
  expect(answer.predictions.map(({ index, label }) => [index, label])).toEqual(
    expected.predictions.map(({ index, label }) => [index, label]),
  );
  for (const [rank, { probability }] of expected.predictions.entries()) {
    expect(answer.predictions[rank]?.probability).toBeCloseTo(probability, 6);
  }
}

describe.each(PHOTOS)('POST /predict of %s', (name) => {
  const bytes = photo(name);
  const type = `image/${name.split('.')[1]?.replace('jpg', 'jpeg')}`;
  test.each<[string, () => Promise<Answer>]>([
    ['as a form', () => post('/predict', form(bytes))],
    ['as a raw body', () => post('/predict', bytes, type)],
    ['as a raw body without a content type', () => post('/predict', bytes)],
    ['as curl --data-binary sends it', () => post('/predict', bytes, 'application/x-www-form-urlencoded')],
    ['in base64', () => post('/predict', ...json({ image: base64(bytes) }))],
    ['as a data URL', () => post('/predict', ...json({ image: `data:${type};base64,${base64(bytes)}` }))],
  ])('%s', async (_how, predict) => {
    const answer = await predict();
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expectDocumented('POST', '/predict', answer);
    await expectSame(answer.body as Classified, bytes);
  });
});

describe('POST /predict/batch', () => {
  const images = PHOTOS.map(photo);
  test.each<[string, () => Promise<Answer>]>([
    ['a form', () => post('/predict/batch', form(...images))],
    ['base64', () => post('/predict/batch', ...json({ images: images.map(base64) }))],
  ])('of photos in %s', async (_how, predict) => {
    const answer = await predict();
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expectDocumented('POST', '/predict/batch', answer);
    const { results } = answer.body as { results: readonly Classified[] };
    expect(results).toHaveLength(images.length);
    for (const [index, bytes] of images.entries()) await expectSame(results[index] as Classified, bytes);
  });
});

test('?top_k= reaches the service', async () => {
  const answer = await post('/predict?top_k=2', photo('cat.jpg'), 'image/jpeg');
  expect(answer).toMatchObject({ status: 200, body: { predictions: [{ rank: 1 }, { rank: 2 }] } });
  expect((answer.body as Classified).predictions).toHaveLength(2);
});

test.each([
  ['a loopback address', 'https://127.0.0.1/cat.jpg', 403, 'url_not_allowed'],
  ['a host that does not exist', 'https://nowhere.invalid/cat.jpg', 502, 'url_fetch_failed'],
] as const)('POST /predict/url of %s is a problem', async (_what, url, status, code) => {
  const answer = await post('/predict/url', ...json({ url }));
  expectDocumented('POST', '/predict/url', answer);
  expectProblem(answer, status, code);
});
