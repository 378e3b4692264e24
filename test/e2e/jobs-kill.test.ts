import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mappedManifest, writeMappedBundle } from '../support/mapped-bundle.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

/**
 * The long form is in `npm run test:nightly`. JOBS_KILL_PHOTOS=/photos takes real photos, again and again if there are
 * fewer.
 */
const {
  JOBS_KILL_ROUNDS: ROUNDS = '3',
  JOBS_KILL_COUNT: COUNT = '40',
  JOBS_KILL_PHOTOS: PHOTOS,
  JOBS_KILL_MODEL: MODEL,
} = process.env;
const rounds = Number(ROUNDS);
const count = Number(COUNT);

let root: string;
let environment: Record<string, string>;
let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jobs-kill-'));
  const model = join(root, 'model');
  if (MODEL === undefined) await writeMappedBundle(model, mappedManifest('float32'));
  environment = { PORT: '0', DATA_DIR: join(root, 'data'), MODELS: MODEL ?? model, LOG_LEVEL: 'INFO' };
});
afterAll(async () => {
  service?.process.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

async function start(): Promise<void> {
  service = startProcess(['lambda/server.ts'], environment);
  const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
  url = String(message).slice('Ready on '.length);
}
async function kill(): Promise<void> {
  service.process.kill('SIGKILL');
  await service.exitCode;
}
/** Ends the process as soon as it has acknowledged something, and starts another. */
async function restart(): Promise<void> {
  await kill();
  await start();
}

interface Job {
  readonly job_id: string;
  readonly status: string;
  readonly counts: { readonly total: number; readonly pending: number; readonly succeeded: number };
}
interface Line {
  readonly index: number;
  readonly input: { readonly upload_id: string };
  readonly predictions?: readonly { readonly label: string }[];
}

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${url}${path}`, init);
  expect(response.ok, `${path} ${response.status}`).toBe(true);
  return response;
}
const post = async (path: string, body: object, headers = {}) =>
  (await (
    await call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  ).json()) as Record<string, unknown>;
const find = async (id: string) => (await (await call(`/jobs/${id}`)).json()) as Job;

async function upload(bytes: Uint8Array<ArrayBuffer>, killsAfterEach: boolean): Promise<string> {
  const target = await post('/uploads', { bytes: bytes.byteLength, content_type: 'image/jpeg' });
  if (killsAfterEach) await restart();
  const path = String(target['url']).replace(/^https?:\/\/[^/]+/, '');
  await call(path, {
    method: String(target['method']),
    headers: target['headers'] as Record<string, string>,
    body: bytes,
  });
  if (killsAfterEach) await restart();
  return String(target['upload_id']);
}

async function createJob(ids: readonly string[], key: string): Promise<string> {
  const inputs = ids.map((upload_id) => ({ upload_id }));
  return String((await post('/jobs', { inputs }, { 'idempotency-key': key }))['job_id']);
}

async function resultsOf(id: string): Promise<readonly Line[]> {
  const text = await (await call(`/jobs/${id}/results`)).text();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

async function untilEnded(id: string): Promise<void> {
  while ((await find(id)).status !== 'succeeded') await delay(20);
}

async function photos(): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  if (PHOTOS === undefined) {
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 13) % 256 };
        const image = sharp({ create: { width: 640, height: 480, channels: 3, background } });
        return new Uint8Array(await image.jpeg().toBuffer());
      }),
    );
  }
  const names = (await readdir(PHOTOS)).filter((name) => /\.jpe?g$/i.test(name)).sort();
  return Promise.all(
    Array.from(
      { length: count },
      async (_, index) => new Uint8Array(await readFile(join(PHOTOS, names[index % names.length] as string))),
    ),
  );
}

const labelsOf = (lines: readonly Line[]) => lines.map(({ predictions }) => predictions?.[0]?.label);

test(`has every photo once, in order, after ${rounds} kills`, {
  timeout: 120_000 + rounds * 15_000,
}, async () => {
  await start();
  // The folder is for those who use it.
  expect(existsSync(join(root, 'data'))).toBe(false);
  const ids: string[] = [];
  for (const [index, bytes] of (await photos()).entries()) ids.push(await upload(bytes, index === 0));

  const undisturbed = await createJob(ids, 'undisturbed');
  const begun = performance.now();
  await untilEnded(undisturbed);
  const wholeMs = performance.now() - begun;
  const expected = await resultsOf(undisturbed);
  expect(expected).toHaveLength(count);

  async function expectWhole(id: string): Promise<void> {
    await untilEnded(id);
    const lines = await resultsOf(id);
    expect(lines.map(({ index }) => index)).toEqual(ids.map((_, index) => index));
    expect(lines.map(({ input }) => input.upload_id)).toEqual(ids);
    expect(labelsOf(lines)).toEqual(labelsOf(expected));
    expect(await find(id)).toMatchObject({ status: 'succeeded', counts: { total: count, pending: 0 } });
  }

  let kills = 0;
  let withResults = 0;
  for (let jobs = 0; kills < rounds; jobs += 1) {
    const id = await createJob(ids, `killed-${jobs}`);
    await restart();
    expect(await createJob(ids, `killed-${jobs}`)).toBe(id);
    for (let done = 0; kills < rounds; kills += 1) {
      const { status, counts } = await find(id);
      // What was stored is not lost by the end of a process.
      expect(counts.succeeded).toBeGreaterThanOrEqual(done);
      done = counts.succeeded;
      if (status === 'succeeded') break;
      if (done > 0) withResults += 1;
      await delay((Math.random() * 2 * wholeMs) / (rounds + 1));
      await restart();
    }
    await expectWhole(id);
    if (rounds > 10)
      process.stderr.write(`Job ${jobs + 1} is whole. Kills: ${kills}, with results: ${withResults}.\n`);
  }

  const stopped = await createJob(ids, 'stopped');
  while ((await find(stopped)).counts.succeeded === 0) await delay(5);
  service.process.kill('SIGTERM');
  expect(await service.exitCode).toBe(0);
  expect(service.logs().filter(({ level }) => level === 'ERROR')).toEqual([]);
  await start();
  await expectWhole(stopped);
});
