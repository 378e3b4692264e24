import { readFile } from 'node:fs/promises';
import { openApiDocument } from '../../../lambda/http/app.ts';
import { NDJSON } from '../../../lambda/http/jobs/results-response.ts';
import type { AnswerName } from '../../../lambda/http/openapi/examples.ts';
import type { EmbedResult } from '../../../lambda/http/schemas/embeddings.ts';
import type { ReadonlyDeep } from '../../../lambda/http/serve-route.ts';
import type { InputResult } from '../../../lambda/jobs/result.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import { silentApp, silentModel } from './app.ts';
import { fixedEngine, JOB } from './fixed-engine.ts';

const repositoryFile = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url));

/** The example shows this many of the thousand labels. */
const LABELS_SHOWN = 3;
/** The example shows this many numbers of an embedding. */
const EMBEDDING_SHOWN = 8;

interface OpenApiPaths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

/**
 * Successful answers by operation. The image at the URL is `examples/cat.jpg` as well. A GET is sent to its
 * path, so it needs no line here.
 *
 * @throws Error if a request fails, or if an operation of the document is missing.
 */
export async function recordAnswers(classifier: Classifier): Promise<Record<AnswerName, unknown>> {
  const cat = await repositoryFile('examples/cat.jpg');
  const text = await repositoryFile('package.json');
  const app = silentApp({
    classifier: Promise.resolve(classifier),
    fetchUrl: async (_url, take) => {
      await take(cat);
    },
    jobs: async () => fixedEngine(await jobResults(classifier, { cat, text })),
  });
  async function answer(path: string, init?: RequestInit): Promise<unknown> {
    const response = await app.request(path, init, {});
    const isLines = response.headers.get('content-type') === NDJSON;
    const body = isLines ? linesOf(await response.text()) : await response.json();
    if (response.ok) return body;
    throw new Error(`${path}: expected success, got ${response.status} ${JSON.stringify(body)}`);
  }
  const post = (path: string, body: unknown) =>
    answer(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  // The model counts as loaded once the service has waited for it, and its maps once something is explained.
  await post('/predict?explain=true', { image: cat.toString('base64') });
  const { paths } = openApiDocument(app) as OpenApiPaths;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
  );
  const { name, version } = classifier.manifest;
  const inferPhoto = {
    id: '42',
    inputs: [{ name: 'image', datatype: 'BYTES', shape: [1], data: [cat.toString('base64')] }],
    outputs: [{ name: 'probabilities', parameters: { classification: 3 } }],
  };
  const answers: Record<string, unknown> = {
    predict: await post('/predict?top_k=3&explain=true', { image: cat.toString('base64') }),
    predictUrl: await post('/predict/url', { url: 'https://example.com/cat.jpg', top_k: 3 }),
    predictBatch: await post('/predict/batch?top_k=1', {
      images: [cat.toString('base64'), text.toString('base64')],
    }),
    embed: shortened(
      (await post('/embed?normalize=true', { image: cat.toString('base64') })) as ReadonlyDeep<EmbedResult>,
    ),
    protocolInfer: await post(`/v2/models/${name}-image/infer`, inferPhoto),
    protocolVersionInfer: await post(`/v2/models/${name}-image/versions/${version}/infer`, inferPhoto),
    createUpload: await post('/uploads', { bytes: 7_340_032, content_type: 'image/jpeg' }),
    createJob: await post('/jobs', { inputs: [{ url: 'https://example.com/cat.jpg' }] }),
    cancelJob: await answer(`/jobs/${JOB}`, { method: 'DELETE' }),
    protocolIndex: await post('/v2/repository/index', {}),
  };
  for (const { path, method, operationId } of operations) {
    if (method === 'get') {
      answers[operationId] = await answer(
        path.replace('{name}', name).replace('{version}', version).replace('{job_id}', JOB),
      );
    }
  }
  for (const list of ['labels', 'namedLabels'])
    answers[list] = (answers[list] as readonly unknown[]).slice(0, LABELS_SHOWN);
  requireAnswers(
    answers,
    operations.map(({ operationId }) => operationId),
  );
  return answers as Record<AnswerName, unknown>;
}

/** What jobs say of a photo that could be classified, and of a file that is none. */
async function jobResults(
  classifier: Classifier,
  { cat, text }: { readonly cat: Uint8Array; readonly text: Uint8Array },
): Promise<readonly InputResult[]> {
  const { predictor } = await silentModel(classifier);
  const { results } = await predictor.classify(
    [{ bytes: cat }, { bytes: text }],
    { topK: 1, explain: 0 },
    new AbortController().signal,
  );
  const { name, version } = classifier.manifest;
  return results.map((outcome, index) => ({
    index,
    input: { url: `https://example.com/${index === 0 ? 'cat.jpg' : 'notes.txt'}` },
    model: { name, version },
    outcome,
  }));
}

const linesOf = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The description of the response says that its example is shortened. */
const shortened = (answer: ReadonlyDeep<EmbedResult>) => ({
  ...answer,
  embeddings: answer.embeddings.map((item) =>
    'embedding' in item ? { ...item, embedding: item.embedding.slice(0, EMBEDDING_SHOWN) } : item,
  ),
});

/** @throws Error that names an operation without an answer. */
export function requireAnswers(
  answers: Readonly<Record<string, unknown>>,
  operationIds: readonly string[],
): void {
  const missing = operationIds.find((id) => !(id in answers));
  if (missing === undefined) return;
  throw new Error(
    `The operation ${missing} has no recorded answer: add a request to scripts/lib/openapi/record-answers.ts`,
  );
}
