import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { UrlFetcher } from '../../../../lambda/fetch/fetch.ts';
import { resultLine } from '../../../../lambda/http/jobs/result-line.ts';
import type { Job, JobInput } from '../../../../lambda/jobs/engine.ts';
import { estimateResults } from '../../../../lambda/jobs/folder/result-estimate.ts';
import { openStore } from '../../../../lambda/jobs/folder/store/store.ts';
import { longestLine } from '../../../../lambda/jobs/longest-line.ts';
import { repositoryPath } from '../../../support/model.ts';
import {
  alice,
  BASE,
  bob,
  current,
  errorOf,
  manifestJob,
  openEngine,
  photo,
  requestOf,
  type TestEngine,
  until,
  upload,
} from './support.ts';

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;
/** Of which 12 MiB are for the log of SQLite. */
const SMALL = { maxFolderBytes: 16 * MIB };
const fetchUrl: UrlFetcher = async (_, take) => void (await take(photo));
const longUrls = (count: number): JobInput[] =>
  Array.from({ length: count }, (_, index) => ({
    url: `https://example.com/${index}/${'x'.repeat(2000)}`,
  }));

/** Creates jobs or uploads until there is no room. */
async function untilFull<Created>(create: () => Promise<Created>): Promise<Created[]> {
  const created: Created[] = [];
  for (;;) {
    try {
      created.push(await create());
    } catch (error) {
      expect(error).toMatchObject({ code: 'storage_full' });
      return created;
    }
  }
}

/** A job whose results take far more room than its inputs. */
const jobOf = (engine: TestEngine, count = 20, address?: string): Promise<Job> => {
  const inputs = Array.from({ length: count }, (_, index) => ({ url: `https://example.com/${index}` }));
  const request = requestOf(inputs, { options: { topK: 100, explain: 0 } });
  return engine.jobs.create(alice, request, undefined, BASE, address);
};
const announce = (engine: TestEngine, bytes: number, address?: string, owner = alice) =>
  engine.uploads.create(owner, { bytes, contentType: 'image/jpeg' }, BASE, address);

describe('the estimate of results', () => {
  test.each(['resnet50', 'efficientnet-lite2'])('is more than lines of %s have', (model) => {
    const labels = JSON.parse(readFileSync(repositoryPath(`models/${model}/labels.json`), 'utf8')) as {
      readonly index: number;
      readonly wnid: string;
      readonly label: string;
    }[];
    const longest = labels.toSorted((one, other) => other.label.length - one.label.length);
    const line = (topK: number) =>
      resultLine({
        index: 99_999,
        input: { url: 'https://example.com/' },
        model: { name: 'a-model-with-a-long-name', version: '10.11.12' },
        outcome: {
          predictions: longest
            .slice(0, topK)
            .map((label, position) => ({ rank: position + 1, ...label, probability: 0.0001234567 })),
          image: { format: 'jpeg', width: 10_000, height: 10_000, bytes: 20_000_000 },
        },
      }).length;
    for (const topK of [1, 5, 100, 1000])
      expect(line(topK), `top_k ${topK}`).toBeLessThan(longestLine({ topK, explain: 0 }));
  });

  test.each([
    [1, 0, 50],
    [5, 0, 50],
    [5, 1, 50],
    [5, 0, 2060],
    [12, 1, 60],
    [30, 0, 60],
    [1000, 10, 2060],
  ])('is more than lines with top_k %i, explain %i and inputs of %i bytes take', (topK, explain, input) => {
    const count = 300;
    const { database, inputs } = openStore(join(current.folder, 'data'));
    const before = database.usedBytes();
    const line = 'x'.repeat(longestLine({ topK, explain }) + input);
    for (let position = 0; position < count; position += 1)
      database.record(() => inputs.addResult(1, position, line));
    const used = database.usedBytes() - before;
    database.close();
    expect(used).toBeLessThan(estimateResults({ topK, explain }, { count, bytes: count * input }));
  });
});

test('all jobs that were accepted find room for their results, and uploads cannot take it', async () => {
  const { promise: start, resolve: begin } = Promise.withResolvers<void>();
  const engine = await openEngine({
    settings: SMALL,
    fetchUrl: async (...call) => {
      await start;
      await fetchUrl(...call);
    },
  });
  await untilFull(() => announce(engine, 100_000));
  const jobs = await untilFull(() => jobOf(engine, 5));
  expect(jobs.length).toBeGreaterThan(1);
  begin();
  for (const job of jobs) {
    const ended = await until(engine, job, ({ finishedAt, reason }) => {
      expect(reason).toBeUndefined();
      return finishedAt !== undefined;
    });
    expect(ended).toMatchObject({ status: 'succeeded', counts: { succeeded: 5 } });
  }
  expect(engine.problems).toEqual([]);
});

test('a job that is cancelled gives back its room, with its inputs', async () => {
  const engine = await openEngine({ settings: SMALL });
  engine.stop();
  const jobs = await untilFull(() => jobOf(engine));
  for (const { id } of jobs) await engine.jobs.cancel(alice, id, BASE);
  await expect
    .poll(async () => {
      const again = await untilFull(() => jobOf(engine));
      for (const { id } of again) await engine.jobs.cancel(alice, id, BASE);
      return again.length;
    })
    .toBe(jobs.length);
});

test('the inputs of a job that has ended are deleted at once', async () => {
  const engine = await openEngine({ settings: { maxFolderBytes: 24 * MIB } });
  engine.stop();
  const createAndCancel = async () => {
    const { id } = await engine.jobs.create(alice, requestOf(longUrls(600)), undefined, BASE);
    await engine.jobs.cancel(alice, id, BASE);
  };
  // Each takes a fifth of the folder.
  for (let round = 0; round < 8; round += 1)
    await expect.poll(() => errorOf(createAndCancel())).not.toHaveProperty('code');
});

test('the room of unfinished jobs is held after a restart too', async () => {
  const first = await openEngine({ settings: SMALL });
  first.stop();
  await untilFull(() => jobOf(first));
  await first.close();
  const second = await openEngine({ settings: SMALL, fetchUrl: () => new Promise(() => {}) });
  expect(await errorOf(jobOf(second))).toMatchObject({ code: 'storage_full' });
});

test('a manifest whose results do not fit fails its job, says why, and gives back its room', async () => {
  const engine = await openEngine({ settings: SMALL, fetchUrl });
  const text = longUrls(600).map((input) => ('url' in input ? input.url : ''));
  const list = await upload(engine, Buffer.from(text.join('\n')), { contentType: 'text/plain' });
  const job = await engine.jobs.create(alice, manifestJob(list), undefined, BASE);
  expect(await until(engine, job)).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('There is no room for the results of this manifest.'),
  });
  expect(await until(engine, await jobOf(engine, 50))).toMatchObject({ status: 'succeeded' });
});

describe('one address', () => {
  test('leaves half of the room to the next one, whatever owners it names', async () => {
    const engine = await openEngine({ settings: SMALL });
    let owner = alice;
    const bytesOf = async (address: string) => {
      const uploads = await untilFull(() => {
        owner = owner === alice ? bob : alice;
        return announce(engine, 100_000, address, owner);
      });
      return uploads.length;
    };
    const first = await bytesOf('192.0.2.1');
    const second = await bytesOf('192.0.2.2');
    expect(first).toBeGreaterThan(10);
    expect(second).toBeGreaterThan(first / 2 - 2);
    expect(second).toBeLessThan(first);
    expect(await errorOf(announce(engine, 100_000, '192.0.2.1'))).toMatchObject({
      detail: expect.stringContaining('your address'),
    });
  });

  test('has all of it if the setting says so', async () => {
    const engine = await openEngine({ settings: { ...SMALL, addressShare: 1 } });
    await untilFull(() => announce(engine, 100_000, '192.0.2.1'));
    expect(await errorOf(announce(engine, 100_000, '192.0.2.2'))).toMatchObject({ code: 'storage_full' });
  });

  test('gets back the room of what it did not send when the URL has expired', async () => {
    const engine = await openEngine({ settings: SMALL, cleanUpMs: 5 });
    const announced = await untilFull(() => announce(engine, 100_000, '192.0.2.1'));
    current.time += 14 * MINUTE_MS;
    expect(await errorOf(announce(engine, 100_000, '192.0.2.1'))).toMatchObject({ code: 'storage_full' });
    current.time += MINUTE_MS + 1;
    await expect
      .poll(async () => (await untilFull(() => announce(engine, 100_000, '192.0.2.1'))).length)
      .toBeGreaterThan(0);
    expect(announced.length).toBeGreaterThan(10);
  });

  test('keeps its share when its jobs have ended, until their results are deleted', async () => {
    const format = () => JSON.stringify({ long: 'x'.repeat(10_000) });
    const engine = await openEngine({ settings: SMALL, fetchUrl, format, cleanUpMs: 5 });
    const fill = () => untilFull(async () => until(engine, await jobOf(engine, 5, '192.0.2.1')));
    const jobs = await fill();
    expect(jobs.length).toBeGreaterThan(10);
    expect(await untilFull(() => announce(engine, 100_000, '192.0.2.2'))).not.toHaveLength(0);
    current.time += 8 * 24 * 60 * MINUTE_MS;
    for (const { id } of jobs)
      await expect
        .poll(() => errorOf(engine.jobs.find(alice, id, BASE)))
        .toMatchObject({ code: 'job_not_found' });
    await expect.poll(() => errorOf(jobOf(engine, 40, '192.0.2.1'))).not.toHaveProperty('code');
  });

  test('has half of the jobs at a time, and jobs that have ended do not count', async () => {
    const engine = await openEngine({ settings: { maxJobs: 4 }, fetchUrl: () => new Promise(() => {}) });
    const [first, second] = [await jobOf(engine, 1, '192.0.2.1'), await jobOf(engine, 1, '192.0.2.1')];
    expect(await errorOf(jobOf(engine, 1, '192.0.2.1'))).toMatchObject({ code: 'overloaded' });
    await jobOf(engine, 1, '192.0.2.2');
    expect(await errorOf(jobOf(engine, 1, '192.0.2.2'))).toMatchObject({ code: 'overloaded' });
    await jobOf(engine, 1, '192.0.2.3');
    expect(await errorOf(jobOf(engine, 1, '192.0.2.4'))).toMatchObject({ code: 'overloaded' });
    for (const job of [first, second]) await engine.jobs.cancel(alice, (job as Job).id, BASE);
    await jobOf(engine, 1, '192.0.2.4');
  });
});

test('a file that is being sent when its URL expires is not deleted', async () => {
  const engine = await openEngine({ cleanUpMs: 5 });
  const { id, url } = await announce(engine, 2);
  const token = new URL(url).searchParams.get('token') ?? '';
  const headers = { contentType: 'image/jpeg', contentLength: undefined };
  await engine.receiver.receive(id, token, headers, async (take) => {
    await take(Buffer.from('a'));
    current.time += 16 * MINUTE_MS;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await take(Buffer.from('b'));
  });
  const pieces: Buffer[] = [];
  await engine.uploads.read(
    alice,
    id,
    async (piece) => void pieces.push(Buffer.from(piece)),
    new AbortController().signal,
  );
  expect(Buffer.concat(pieces).toString()).toBe('ab');
});
