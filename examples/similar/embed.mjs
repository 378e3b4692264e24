import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Images in a request: the service's limit. */
const MAX_IMAGES = 16;
/** Bytes of the images in a request. On AWS, a request can have 4.5 MB. */
const MAX_BYTES = 4_000_000;
const MAX_ATTEMPTS = 8;
/** An image is at fault, or the images are too much together. */
const IMAGE_STATUSES = [400, 413, 415, 422];

/**
 * Asks the service for the embeddings of photos. They have length 1, so that the dot product of two is their cosine
 * similarity. Files that the service refuses are skipped.
 *
 * @param {string[]} files
 * @param {{ url: string, model?: string, apiKey?: string }} service
 * @returns {Promise<{ photos: { file: string, embedding: Float32Array }[],
 *   skipped: { file: string, reason: string }[] }>}
 * @throws {Error} if the service cannot be reached, or refuses more than single files.
 */
export async function embedPhotos(files, service) {
  const results = [];
  for await (const batch of batchesOf(files)) results.push(...(await embedBatch(batch, service)));
  return {
    photos: results.filter(({ embedding }) => embedding),
    skipped: results.filter(({ reason }) => reason),
  };
}

/** A file that is larger than MAX_BYTES gets a batch of its own. */
async function* batchesOf(files) {
  let batch = [];
  let bytes = 0;
  for (const file of files) {
    const { size } = await stat(file);
    if (batch.length === MAX_IMAGES || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function embedBatch(files, service) {
  const response = await post(files, service);
  const answer = await response.json().catch(() => {
    throw new Error(`Expected JSON from ${response.url}, got something else with status ${response.status}`);
  });
  if (response.ok) {
    return answer.embeddings.map(({ embedding, problem }, index) =>
      embedding
        ? { file: files[index], embedding: Float32Array.from(embedding) }
        : { file: files[index], reason: problem.detail },
    );
  }
  const isAboutImages = IMAGE_STATUSES.includes(response.status) && answer.code !== 'unsupported_by_model';
  if (!isAboutImages) throw new Error(answer.detail);
  if (files.length === 1) return [{ file: files[0], reason: answer.detail }];
  const half = Math.ceil(files.length / 2);
  return [
    ...(await embedBatch(files.slice(0, half), service)),
    ...(await embedBatch(files.slice(half), service)),
  ];
}

/** While the service is busy, sends the files again after the time that it asks for. */
async function post(files, { url, model, apiKey }) {
  const query = new URLSearchParams({ normalize: 'true', ...(model && { model }) });
  const headers = apiKey ? { 'x-api-key': apiKey } : {};
  const body = new FormData();
  for (const file of files) body.append('file', new Blob([await readFile(file)]), basename(file));
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${url}/embed?${query}`, { method: 'POST', headers, body }).catch(
      (error) => {
        throw new Error(`Cannot reach ${url}: ${error.cause?.code ?? error.message}`);
      },
    );
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || attempt === MAX_ATTEMPTS) return response;
    await response.body?.cancel();
    await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
}
