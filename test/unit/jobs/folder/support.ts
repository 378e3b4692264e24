import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import { type Budgets, createBudgets } from '../../../../lambda/budget/budgets.ts';
import type { FolderJobSettings } from '../../../../lambda/config/jobs.ts';
import { readConfig } from '../../../../lambda/config.ts';
import { resultLine } from '../../../../lambda/http/jobs/result-line.ts';
import type { Job, JobInput, JobRequest } from '../../../../lambda/jobs/engine.ts';
import {
  type FolderEngine,
  type FolderEngineDependencies,
  openFolderEngine,
} from '../../../../lambda/jobs/folder/folder-engine.ts';
import { type Owner, ownerOf, type UploadId } from '../../../../lambda/jobs/ids.ts';
import type { Classifier } from '../../../../lambda/model/classifier.ts';
import { createModels } from '../../../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../../../lambda/prediction/predictor.ts';
import { loadedSource } from '../../../../scripts/lib/model/loaded-source.ts';
import { encode } from '../../../support/images.ts';
import { fakeClassifier } from '../../../support/model.ts';

export const BASE = 'http://127.0.0.1:8080/';
export const alice = ownerOf('alice');
export const bob = ownerOf('bob');
export const photo = new Uint8Array(await encode('jpeg'));

const config = readConfig({ MODELS: 'resnet50', LOG_LEVEL: 'SILENT', METRICS: 'off' });

export interface TestEngine extends FolderEngine {
  readonly budgets: Budgets;
  readonly problems: readonly string[];
}

export interface TestEngineOptions
  extends Partial<Omit<FolderEngineDependencies, 'settings' | 'models' | 'budgets' | 'onProblem'>> {
  readonly settings?: Partial<FolderJobSettings>;
  readonly classifier?: Classifier;
}

/** Of the test that runs: its folder, and a clock that stands still until it is set. */
export const current = { folder: '', time: Date.UTC(2026, 10, 27) };
const open = new Set<FolderEngine>();
beforeEach(async () => {
  current.folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  current.time = Date.UTC(2026, 10, 27);
});
afterEach(async () => {
  for (const engine of open) await engine.close();
  open.clear();
  await rm(current.folder, { recursive: true, force: true });
});

/** The engine with a fake model, on the folder of the test. */
export async function openEngine({
  settings,
  classifier = fakeClassifier(),
  ...dependencies
}: TestEngineOptions = {}): Promise<TestEngine> {
  const budgets = createBudgets(config.budgets);
  const models = createModels([loadedSource(Promise.resolve(classifier))], {
    config,
    budgets,
    queue: createPredictionQueue(),
  });
  await models.default.load();
  const problems: string[] = [];
  const engine = await openFolderEngine({
    settings: {
      kind: 'folder',
      folder: join(current.folder, 'data'),
      maxFolderBytes: 64 * 2 ** 20,
      maxJobs: 1000,
      addressShare: 0.5,
      keepDays: 7,
      maxUploadBytes: 20_000_000,
      webhookSecrets: undefined,
      publicUrl: undefined,
      ...settings,
    },
    models,
    budgets,
    fetchUrl: () => Promise.reject(new Error('this test fetches nothing')),
    maxImageBytes: 20_000_000,
    format: resultLine,
    webhooks: undefined,
    onProblem: (reason) => problems.push(reason),
    onResume: () => problems.push('resumed'),
    now: () => current.time,
    ...dependencies,
  });
  open.add(engine);
  return {
    ...engine,
    budgets,
    problems,
    async close() {
      open.delete(engine);
      await engine.close();
    },
  };
}

/** Sends a file as a client does. */
export async function send(
  { receiver }: FolderEngine,
  url: string,
  bytes: Uint8Array,
  contentType = 'image/jpeg',
): Promise<void> {
  const { pathname, searchParams } = new URL(url);
  await receiver.receive(
    pathname.split('/').at(-1) ?? '',
    searchParams.get('token') ?? undefined,
    { contentType, contentLength: undefined },
    async (take) => {
      for (let at = 0; at < bytes.byteLength; at += 1000) await take(bytes.subarray(at, at + 1000));
    },
  );
}

export async function upload(
  engine: FolderEngine,
  bytes: Uint8Array = photo,
  { owner = alice, contentType = 'image/jpeg' }: { owner?: Owner; contentType?: string } = {},
): Promise<UploadId> {
  const { id, url } = await engine.uploads.create(owner, { bytes: bytes.byteLength, contentType }, BASE);
  await send(engine, url, bytes, contentType);
  return id;
}

export const requestOf = (inputs: readonly JobInput[], changes: Partial<JobRequest> = {}): JobRequest => ({
  source: { kind: 'inputs', inputs },
  options: { topK: 2, explain: 0 },
  model: undefined,
  webhook: undefined,
  ...changes,
});

export const manifestJob = (uploadId: UploadId): JobRequest =>
  requestOf([], { source: { kind: 'manifest', uploadId } });

/** Waits until a job is in a state. */
export async function until(
  { jobs }: FolderEngine,
  { id }: Pick<Job, 'id'>,
  test: (job: Job) => boolean = ({ finishedAt }) => finishedAt !== undefined,
  owner = alice,
): Promise<Job> {
  for (;;) {
    const job = await jobs.find(owner, id, BASE);
    if (test(job)) return job;
    await delay(2);
  }
}

export interface Line {
  readonly index: number;
  readonly input: object;
  readonly predictions?: readonly object[];
  readonly problem?: { readonly code: string };
}

export async function linesOf({ jobs }: FolderEngine, { id }: Pick<Job, 'id'>): Promise<readonly Line[]> {
  const results = await jobs.results(alice, id, 1);
  if (results.kind !== 'here') throw new Error('Expected the results themselves.');
  const pieces: Uint8Array[] = [];
  for await (const piece of results.pieces) pieces.push(piece);
  return Buffer.concat(pieces)
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** What a promise is rejected with. */
export const errorOf = (
  work: Promise<unknown>,
): Promise<{ readonly code?: string; readonly detail?: string }> =>
  work.then(
    () => ({}),
    (error) => error,
  );
