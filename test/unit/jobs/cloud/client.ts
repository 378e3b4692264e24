import type { Job, JobRequest, JobSource } from '../../../../lambda/jobs/engine.ts';
import { type JobId, type Owner, ownerOf, type UploadId } from '../../../../lambda/jobs/ids.ts';
import type { MemoryCloud } from '../../../support/memory-cloud.ts';
import { readRepositoryFile } from '../../../support/model.ts';

export const BASE = 'https://api.example/prod/';
export const alice = ownerOf('alice');
export const bob = ownerOf('bob');
export const PHOTO = readRepositoryFile('examples/cat.jpg');
export const NO_PHOTO = new TextEncoder().encode('not a photo');

export const jobRequest = (source: JobSource, changes: Partial<JobRequest> = {}): JobRequest => ({
  source,
  options: { topK: 1, explain: 0 },
  model: undefined,
  webhook: undefined,
  ...changes,
});

export const ofUploads = (ids: readonly UploadId[]): JobSource => ({
  kind: 'inputs',
  inputs: ids.map((upload_id) => ({ upload_id })),
});

/** Creates an upload and sends its file. */
export async function upload(
  { engine, request }: MemoryCloud,
  bytes: Uint8Array<ArrayBuffer> = PHOTO,
  owner: Owner = alice,
): Promise<UploadId> {
  const file = { bytes: bytes.byteLength, contentType: 'image/jpeg' };
  const { id, url, headers } = await engine.uploads.create(owner, file, BASE);
  const answer = await request(url, { method: 'PUT', body: bytes, headers });
  if (answer.status !== 200) throw new Error(`Expected the file to be taken, got ${answer.status}`);
  return id;
}

export const create = (
  { engine }: MemoryCloud,
  request: JobRequest,
  { owner = alice, key }: { readonly owner?: Owner; readonly key?: string } = {},
): Promise<Job> => engine.jobs.create(owner, request, key, BASE);

export const find = ({ engine }: MemoryCloud, id: JobId, owner: Owner = alice): Promise<Job> =>
  engine.jobs.find(owner, id, BASE);

export interface ResultLine {
  readonly index: number;
  readonly input: object;
  readonly predictions?: readonly { readonly index: number }[];
  readonly problem?: { readonly code: string };
}

/** The lines of all parts. */
export async function resultsOf(cloud: MemoryCloud, id: JobId): Promise<readonly ResultLine[]> {
  let text = '';
  for (let part: number | undefined = 1; part !== undefined; ) {
    const results = await cloud.engine.jobs.results(alice, id, part);
    if (results.kind !== 'elsewhere') throw new Error('Expected a URL');
    text += await (await cloud.request(results.url)).text();
    part = results.nextPart;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export const indexesOf = (lines: readonly ResultLine[]): readonly number[] => lines.map(({ index }) => index);

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
