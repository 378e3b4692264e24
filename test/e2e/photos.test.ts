import { beforeAll, describe, expect, test } from 'vitest';
import { type Classifier, loadClassifier } from '../../lambda/model/classifier.ts';
import { testApp } from '../support/app.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';

/**
 * The top-5 classes of the photos in the repository, by the model in the repository, most probable first. The
 * fifth is left out if it is almost level with the sixth.
 */
const TOP_5: Record<string, readonly (readonly [label: string, probability: number])[]> = {
  'cat.jpg': [
    ['Egyptian cat', 0.88],
    ['tabby', 0.07],
    ['tiger cat', 0.04],
    ['lynx', 0.01],
    ['Persian cat', 0],
  ],
  'espresso.jpg': [
    ['consomme', 0.77],
    ['espresso', 0.13],
    ['eggnog', 0.02],
    ['chocolate sauce', 0.01],
    ['cup', 0.01],
  ],
  'espresso.webp': [
    ['consomme', 0.77],
    ['espresso', 0.13],
    ['eggnog', 0.02],
    ['chocolate sauce', 0.01],
    ['cup', 0.01],
  ],
  'rocket.jpg': [
    ['drilling platform', 0.3],
    ['missile', 0.12],
    ['projectile', 0.12],
    ['space shuttle', 0.06],
  ],
};

interface Answer {
  readonly predictions: readonly { readonly label: string; readonly probability: number }[];
}

let classifier: Classifier;
beforeAll(async () => {
  classifier = await loadClassifier(MODEL_DIR, { threads: 2 });
});

async function post<Body>(path: string, body: NonNullable<RequestInit['body']>): Promise<Body> {
  const { request } = testApp({ classifier: Promise.resolve(classifier) });
  const response = await request(path, { method: 'POST', body });
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
}

function expectTop5({ predictions }: Answer, photo: string): void {
  const expected = TOP_5[photo] ?? [];
  expect(predictions).toHaveLength(5);
  expect(predictions[0]?.label).toBe(expected[0]?.[0]);
  // Decoders and processors round differently, which may swap neighbours.
  const byLabel = new Map(predictions.map(({ label, probability }) => [label, probability]));
  for (const [label, probability] of expected) {
    expect(Math.abs((byLabel.get(label) ?? -1) - probability), label).toBeLessThan(0.02);
  }
}

describe('the real model, on the photos of the repository', () => {
  test.each(Object.keys(TOP_5))('%s', async (photo) => {
    expectTop5(await post<Answer>('/predict', readRepositoryFile(`examples/${photo}`)), photo);
  });

  test('gives each photo the same answer in a batch as alone', async () => {
    const photos = Object.keys(TOP_5);
    const form = new FormData();
    for (const photo of photos)
      form.append('file', new Blob([readRepositoryFile(`examples/${photo}`)]), photo);
    const { results } = await post<{ results: Answer[] }>('/predict/batch', form);
    for (const [index, photo] of photos.entries()) expectTop5(results[index] ?? { predictions: [] }, photo);
  });

  test('gives 1000 probabilities with a sum of 1', async () => {
    const { predictions } = await post<Answer>('/predict?top_k=1000', readRepositoryFile('examples/cat.jpg'));
    expect(predictions).toHaveLength(1000);
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  });
});
