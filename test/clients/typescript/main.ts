import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { components, paths } from './api.d.ts';

const [baseUrl = '', photo = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });
const cat = new Blob([await readFile(photo)]);
const text = new Blob(['not an image']);

/** openapi-fetch sends JSON unless it gets a serializer. */
function form(body: object): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(body)) {
    for (const one of [value].flat()) data.append(name, one instanceof Blob ? one : String(one));
  }
  return data;
}

const uploaded = await client.POST('/predict', {
  params: { query: { top_k: 1 } },
  body: { file: cat },
  bodySerializer: form,
});
assert.equal(uploaded.data?.predictions[0]?.label, 'Egyptian cat');
assert.equal(uploaded.data.predictions.length, 1);

const raw = await client.POST('/predict', {
  body: cat,
  headers: { 'content-type': 'image/jpeg' },
  bodySerializer: (body) => body,
});
assert.equal(raw.data?.predictions[0]?.label, 'Egyptian cat');

const refused = await client.POST('/predict', { body: { file: text }, bodySerializer: form });
const problem: components['schemas']['Problem'] | undefined = refused.error;
assert.equal(problem?.code, 'unsupported_media_type');

const unresolved = await client.POST('/predict/url', { body: { url: 'http://localhost/cat.jpg' } });
assert.equal(unresolved.error?.code, 'url_not_allowed');

const batch = await client.POST('/predict/batch', {
  body: { file: [cat, text], top_k: 2 },
  bodySerializer: form,
});
const [first, second] = batch.data?.results ?? [];
assert(first && 'predictions' in first);
assert.equal(first.predictions[0]?.label, 'Egyptian cat');
assert.equal(first.predictions.length, 2);
assert(second && 'problem' in second);
assert.equal(second.problem.code, 'unsupported_media_type');

const explained = await client.POST('/predict', {
  params: { query: { explain: true } },
  body: { file: cat, top_k: 2 },
  bodySerializer: form,
});
assert.equal(explained.data?.explanation?.maps.length, 1);

const embedded = await client.POST('/embed', {
  body: { file: [cat, text], normalize: true },
  bodySerializer: form,
});
// The route also answers with bytes, so the type of the data is one of two.
assert(embedded.data && 'embeddings' in embedded.data);
const [embedding, failure] = embedded.data.embeddings;
assert(embedding && 'embedding' in embedding);
assert.equal(embedding.embedding.length, embedded.data.dimensions);
assert(failure && 'problem' in failure);
assert.equal(failure.problem.code, 'unsupported_media_type');

const upload = await client.POST('/uploads', { body: { bytes: cat.size, content_type: 'image/jpeg' } });
assert(upload.data);
const { upload_id, url, method, headers } = upload.data;
assert((await fetch(url, { method, headers, body: cat })).ok);
const large = await client.POST('/predict', { body: { upload_id, top_k: 1 } });
assert.equal(large.data?.predictions[0]?.label, 'Egyptian cat');

const started = await client.POST('/jobs', {
  body: { inputs: [{ upload_id }, { url: 'http://localhost/cat.jpg' }] },
});
assert(started.data);
const { job_id } = started.data;
for (let status: components['schemas']['JobStatus'] = 'queued'; status !== 'succeeded'; ) {
  await setTimeout(100);
  const job = await client.GET('/jobs/{job_id}', { params: { path: { job_id } } });
  assert(job.data && job.data.status !== 'failed');
  status = job.data.status;
}
const lines = await client.GET('/jobs/{job_id}/results', { params: { path: { job_id } }, parseAs: 'text' });
const [photoLine, urlLine] = (lines.data ?? '')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as components['schemas']['JobResult']);
assert(photoLine && 'predictions' in photoLine);
assert.equal(photoLine.predictions[0]?.label, 'Egyptian cat');
assert(urlLine && 'problem' in urlLine);
assert.equal(urlLine.problem.code, 'url_not_allowed');

const model = await client.GET('/model');
assert.equal(model.data?.name, 'resnet50');
