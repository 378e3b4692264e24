import { readFile } from 'node:fs/promises';
import type { AnswerName } from '../../../lambda/http/openapi/examples.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import { silentApp } from './app.ts';

const repositoryFile = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url));

/** The example shows this many of the thousand labels. */
const LABELS_SHOWN = 3;

/** Successful answers by operation. The image at the URL is `examples/cat.jpg` as well. */
export async function recordAnswers(classifier: Classifier): Promise<Record<AnswerName, unknown>> {
  const cat = await repositoryFile('examples/cat.jpg');
  const text = await repositoryFile('package.json');
  const app = silentApp({
    classifier: Promise.resolve(classifier),
    fetchUrl: async (_url, take) => {
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

  // The model counts as loaded once the service has waited for it.
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
