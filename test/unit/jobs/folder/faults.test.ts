import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { UrlFetcher } from '../../../../lambda/fetch/fetch.ts';
import type { JobInput } from '../../../../lambda/jobs/engine.ts';
import { openDatabase } from '../../../../lambda/jobs/folder/store/database.ts';
import { openStore } from '../../../../lambda/jobs/folder/store/store.ts';
import type { InputResult } from '../../../../lambda/jobs/result.ts';
import { fakeClassifier, repositoryPath } from '../../../support/model.ts';
import {
  alice,
  BASE,
  current,
  errorOf,
  linesOf,
  openEngine,
  photo,
  requestOf,
  until,
  upload,
} from './support.ts';

const DAY = 86_400_000;
const PAGE = 4096;
const fetchUrl: UrlFetcher = async (_, take) => void (await take(photo));
const urls = (count: number): JobInput[] =>
  Array.from({ length: count }, (_, index) => ({ url: `https://example.com/${index}` }));

const folder = () => join(current.folder, 'data');
const file = () => join(folder(), 'jobs.sqlite');
const opening = async () => (await errorOf(openEngine({ fetchUrl }))) as Error;

/** A folder with a job that has ended, closed. */
async function usedFolder() {
  const engine = await openEngine({ fetchUrl });
  const job = await engine.jobs.create(alice, requestOf(urls(200)), undefined, BASE);
  await until(engine, job);
  await engine.close();
  const database = openDatabase(folder());
  // A page that nothing uses may be damaged.
  while (database.shrink(100)) {}
  database.close();
  return job;
}

function overwrite(at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file(), 'r+');
  writeSync(descriptor, bytes, 0, bytes.byteLength, at);
  closeSync(descriptor);
}

describe('a folder that cannot be used', () => {
  test('is a file, or is below one', async () => {
    writeFileSync(folder(), 'a file');
    expect((await opening()).message).toBe(
      `DATA_DIR: expected a folder, but ${folder()} is a file or is below one; see docs/troubleshooting.md#data_dir-cannot-be-used`,
    );
    expect(readFileSync(folder(), 'utf8')).toBe('a file');
  });

  test('has garbage for a database', async () => {
    mkdirSync(folder());
    writeFileSync(file(), 'garbage '.repeat(1000));
    expect((await opening()).message).toBe(
      `DATA_DIR: expected a database in ${file()}, but the file is damaged. Move it away to begin with no uploads and jobs; see docs/troubleshooting.md#data_dir-cannot-be-used`,
    );
    expect(readFileSync(file(), 'utf8')).toBe('garbage '.repeat(1000));
  });

  test('has a database with a damaged page, whichever it is', async () => {
    await usedFolder();
    const whole = readFileSync(file());
    const pages = whole.length / PAGE;
    for (let page = 0; page < pages; page += 1) {
      writeFileSync(file(), whole);
      overwrite(page * PAGE, Buffer.alloc(200, 0xa5));
      const { message } = await opening();
      expect(message, `page ${page} of ${pages}`).toContain('the file is damaged');
    }
    writeFileSync(file(), whole);
    await openEngine({ fetchUrl });
  });

  test('was used by a newer version', async () => {
    const { database } = openStore(folder());
    database.prepare('PRAGMA user_version = 2').run();
    database.close();
    expect((await opening()).message).toContain('was used by a newer one');
  });

  test.skipIf(process.getuid?.() === 0)('cannot be written', async () => {
    await usedFolder();
    chmodSync(file(), 0o400);
    expect((await opening()).message).toContain('a folder that can be written');
    chmodSync(file(), 0o600);
    chmodSync(current.folder, 0o500);
    expect(
      ((await errorOf(openEngine({ settings: { folder: join(current.folder, 'new') } }))) as Error).message,
    ).toMatch(/a folder that can be written, but .* cannot be \(EACCES\)/);
    chmodSync(current.folder, 0o700);
  });

  // Node.js would try for ever to create it, and block the event loop.
  test.skipIf(process.platform !== 'linux')('cannot be created although the one above exists', async () => {
    const error = await errorOf(openEngine({ settings: { folder: '/proc/photos' } }));
    expect((error as Error).message).toContain('DATA_DIR: expected a folder');
  });

  test('belongs to another process, until that ends in whatever way', async () => {
    const module = pathToFileURL(repositoryPath('lambda/jobs/folder/store/database.ts')).href;
    const program = `import { openDatabase } from '${module}'; openDatabase(process.argv[1]); console.log('open'); setInterval(() => {}, 1000)`;
    const other = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder()]);
    await once(other.stdout, 'data');
    expect((await opening()).message).toBe(
      `DATA_DIR: expected a folder for this process alone, but another process is using ${folder()}; see docs/troubleshooting.md#data_dir-cannot-be-used`,
    );
    other.kill('SIGKILL');
    await once(other, 'close');
    await openEngine({ fetchUrl });
    expect((await opening()).message).toContain('another process is using');
  });
});

test('the files of a folder that others may read are for the user of the server only', async () => {
  mkdirSync(folder(), { mode: 0o755 });
  const engine = await openEngine({ fetchUrl });
  await engine.jobs.create(alice, requestOf(urls(1)), undefined, BASE);
  for (const name of ['jobs.sqlite', 'jobs.sqlite-wal'])
    expect(statSync(join(folder(), name)).mode & 0o777, name).toBe(0o600);
});

describe('without room', () => {
  test('a job whose results are longer than they should be pauses, says so, and goes on when there is room', async () => {
    const { database } = openStore(folder());
    const used = database.usedBytes();
    database.close();
    // Enough for the upload and for 200 of these results, each with a page. The rest is for the log of SQLite.
    const settings = { maxFolderBytes: used + 600_000 + 800_000 + 12 * 2 ** 20 };
    const format = (result: InputResult) => JSON.stringify({ ...result, outcome: 'x'.repeat(3000) });
    const options = { fetchUrl, settings, format, cleanUpMs: 10, retryMs: 10 };
    const engine = await openEngine(options);
    await upload(engine, new Uint8Array(550_000));
    const job = await engine.jobs.create(alice, requestOf(urls(300)), undefined, BASE);
    const paused = await until(engine, job, ({ reason }) => reason !== undefined);
    expect(paused).toMatchObject({
      status: 'running',
      reason: expect.stringContaining('no room for results'),
    });
    expect(paused.counts.succeeded).toBeGreaterThan(10);
    expect(await errorOf(upload(engine, new Uint8Array(550_000)))).toMatchObject({ code: 'storage_full' });
    expect(await errorOf(engine.jobs.create(alice, requestOf(urls(1000)), undefined, BASE))).toMatchObject({
      code: 'storage_full',
    });
    await engine.close();

    const again = await openEngine(options);
    const stillPaused = await until(again, job, ({ reason }) => reason !== undefined);
    expect(stillPaused.counts.succeeded).toBeGreaterThanOrEqual(paused.counts.succeeded);
    current.time += DAY + 1;
    expect(await until(again, job)).toMatchObject({ status: 'succeeded', reason: undefined });
    expect((await linesOf(again, job)).map(({ index }) => index)).toEqual(urls(300).map((_, index) => index));
    expect(again.problems).toEqual([expect.stringContaining('no room'), 'resumed']);
    const { size } = statSync(file());
    expect(size).toBeLessThan(used + 1_400_000);
  });

  test('a full disk refuses what is new, and keeps what was acknowledged', async () => {
    const database = openDatabase(folder());
    const insert = (name: string, bytes: number) => () =>
      database
        .prepare('INSERT INTO deliveries VALUES (NULL, ?, zeroblob(0) || ?, 0, 0)')
        .run(name, 'x'.repeat(bytes));
    database.acknowledge(insert('first', 10_000));
    const limit = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
    database.prepare(`PRAGMA max_page_count = ${limit}`).get();
    for (const write of [database.acknowledge, database.record])
      expect(() => write(insert('second', 100_000))).toThrow(
        expect.objectContaining({ code: 'storage_full' }),
      );
    database.prepare('PRAGMA max_page_count = 1000000').get();
    database.acknowledge(insert('third', 100_000));
    expect(database.prepare('SELECT url FROM deliveries').all()).toEqual([
      { url: 'first' },
      { url: 'third' },
    ]);
    database.close();
  });
});

describe('an input that was in work when the process ended', () => {
  async function endDuring(attempts: number) {
    const first = await openEngine({ fetchUrl });
    first.stop();
    const job = await first.jobs.create(alice, requestOf(urls(6)), undefined, BASE);
    await first.close();
    const { database, jobs, inputs } = openStore(folder());
    const { number } = jobs.get(job.id) ?? { number: -1 };
    for (let count = 0; count < attempts; count += 1) database.record(() => inputs.begin(number, 3));
    database.close();
    return job;
  }

  test.each([
    [1, 'before'],
    [2, 'after'],
  ])('%d times is tried again alone, %s others', async (attempts, when) => {
    const job = await endDuring(attempts);
    const fetched: string[] = [];
    let atOnce = 0;
    const engine = await openEngine({
      fetchUrl: async (url, take) => {
        atOnce += 1;
        const others = atOnce - 1;
        fetched.push(url.at(-1) ?? '');
        await new Promise((resolve) => setTimeout(resolve, 5));
        await take(photo);
        if (url.endsWith('/3')) expect([others, atOnce]).toEqual([0, 1]);
        atOnce -= 1;
      },
    });
    expect(await until(engine, job)).toMatchObject({ counts: { succeeded: 6 } });
    expect(fetched).toEqual([...(when === 'before' ? '301245' : '012453')]);
  });

  test('fails after ten times, and costs itself only', async () => {
    const job = await endDuring(10);
    const engine = await openEngine({ fetchUrl });
    expect(await until(engine, job)).toMatchObject({ counts: { succeeded: 5, failed: 1 } });
    expect((await linesOf(engine, job))[3]).toMatchObject({ index: 3, problem: { code: 'internal' } });
  });
});

test('a model that fails is the result of its images', async () => {
  const classifier = fakeClassifier(() => {
    throw new Error('The model failed.');
  });
  const engine = await openEngine({ fetchUrl, classifier });
  const job = await engine.jobs.create(alice, requestOf(urls(2)), undefined, BASE);
  expect(await until(engine, job)).toMatchObject({ counts: { failed: 2 } });
});

test('an error of our own sets one job aside until the next start, and the others go on', async () => {
  let isBroken = true;
  const engine = await openEngine({
    fetchUrl: (url, take) =>
      isBroken && url.endsWith('/0') ? Promise.reject(new TypeError('broken')) : fetchUrl(url, take),
  });
  const broken = await engine.jobs.create(alice, requestOf(urls(1)), undefined, BASE);
  const fine = await engine.jobs.create(alice, requestOf(urls(2).slice(1)), undefined, BASE);
  await until(engine, fine);
  expect(await until(engine, broken, ({ reason }) => reason !== undefined)).toMatchObject({
    status: 'running',
  });
  expect(engine.problems).toEqual([expect.stringContaining('waits for the next start. broken')]);
  await engine.close();
  isBroken = false;
  expect(await until(await openEngine({ fetchUrl }), broken)).toMatchObject({ status: 'succeeded' });
});
