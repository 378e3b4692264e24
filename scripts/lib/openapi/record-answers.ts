import { readFile } from 'node:fs/promises';
import type { AnswerName } from '../../../lambda/http/openapi/examples.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import { silentApp } from './app.ts';

const repositoryFile = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url));

/** An answer shows only so many of the thousand labels. */
const LABELS_SHOWN = 3;

/** What the service answers to real requests, by operation. The image behind the URL is `examples/cat.jpg` too. */
export async function recordAnswers(classifier: Classifier): Promise<Record<AnswerName, unknown>> {
  const cat = await repositoryFile('examples/cat.jpg');
  const text = await repositoryFile('package.json');
  const app = silentApp({
    classifier: Promise.resolve(classifier),
    fetchImage: async (_url, take) => {
      await take(cat);
    },
  });
  async function answer(path: string, init?: RequestInit): Promise<unknown> {
    const response = await app.request(path, init, {});
    const body = await response.json();
    if (response.ok) return body;
    throw new Error(`${path}: expected 200, got ${response.status} ${JSON.stringify(body)}`);
  }
  const post = (path: string, body: unknown) =>
    answer(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  // The first answer has to wait for a readiness that is known a moment later.
  await post('/predict', { image: cat.toString('base64') });
  const labels = (await answer('/model/labels')) as readonly unknown[];
  return {
    predict: await post('/predict?top_k=3', { image: cat.toString('base64') }),
    predictUrl: await post('/predict/url', { url: 'https://example.com/cat.jpg', top_k: 3 }),
    predictBatch: await post('/predict/batch?top_k=1', {
      images: [cat.toString('base64'), text.toString('base64')],
    }),
    health: await answer('/health'),
    ready: await answer('/ready'),
    model: await answer('/model'),
    labels: labels.slice(0, LABELS_SHOWN),
  };
}
