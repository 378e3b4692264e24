import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retry as retryFor } from '../../scripts/lib/system/wait.ts';
import {
  type FakeAnswer,
  type FakeRequest,
  fakeAnswer,
  problem,
  startFakeJobs,
} from '../support/fake-jobs.ts';
import { repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const SCRIPT = repositoryPath('scripts/classify.ts');
/** A busy machine takes a minute for a thousand uploads. */
const retry = <Result>(work: () => Promise<Result>) => retryFor(work, { timeoutMs: 100_000 });
/** More than one job takes. */
const PHOTOS = 1010;
const BUSY: FakeAnswer = { ...problem('overloaded'), headers: { 'retry-after': '0' } };

let root: string;
let photos: string;
let out: string;
let run = 0;
let service: Awaited<ReturnType<typeof startFakeJobs>>;
let intercept: ((request: FakeRequest) => FakeAnswer | undefined) | undefined;
const running: ServiceProcess[] = [];

/** The signature of JPEG, and something that makes each photo another. */
const photo = (content: string) =>
  Buffer.concat([Buffer.from('ffd8ffe000104a46', 'hex'), Buffer.from(content)]);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'classify-jobs-'));
  photos = join(root, 'photos');
  await mkdir(photos);
  for (let index = 0; index < PHOTOS; index += 1) {
    const name = String(index).padStart(4, '0');
    const content =
      index % 100 === 7 ? 'no image' : photo(index % 50 === 3 ? `${name} bad` : `photo ${name}`);
    await writeFile(join(photos, `${name}.jpg`), content);
  }
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  run += 1;
  out = join(root, `results-${run}.ndjson`);
  intercept = undefined;
  service = await startFakeJobs((request) => intercept?.(request));
});
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
  service.stop();
});

function start(args: readonly string[], environment: Record<string, string> = {}): ServiceProcess {
  const started = startProcess([SCRIPT, ...args], environment);
  running.push(started);
  return started;
}
async function classify(args: readonly string[], environment: Record<string, string> = {}) {
  const started = start(args, environment);
  const code = await started.exitCode;
  return { code, stdout: started.lines().join('\n'), stderr: started.stderr() };
}
const arguments_ = (...more: readonly string[]) => [photos, '--out', out, '--url', service.url, ...more];
const memory = () => `${out}.jobs.json`;

/** What an undisturbed run writes. */
async function expected(topK = 5): Promise<string> {
  const lines = [];
  for (const name of (await readdir(photos)).sort()) {
    const file = join(photos, name);
    const bytes = await readFile(file);
    const answer = fakeAnswer(bytes, topK) as { readonly problem?: object };
    const model = { name: 'fake', version: '9.9.9' };
    lines.push(JSON.stringify({ file, ...(answer.problem ? {} : { model }), ...answer }));
  }
  return lines.join('\n');
}
/** Without the photos that are no images, whose problems come from this process. */
const withoutText = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !/\d\d07\.jpg/.test(line))
    .join('\n');

describe('npm run classify with --url', () => {
  it('uploads the photos, runs them as jobs of 1000, and writes what a local run writes', async () => {
    const { code, stdout, stderr } = await classify(arguments_('--top-k', '2'));
    expect(stderr).toMatch(/^uploaded: 50 % {2}505 of 1010 photos$/m);
    expect(stderr).toMatch(/^classified: 100 % {2}1010 of 1010 photos$/m);
    expect(stdout).toContain(`${out}: 1010 photos, 978 classified, 32 failed`);
    expect(stdout).toMatch(/^ {2}21 {2}invalid_image /m);
    expect(stdout).toMatch(/^ {2}11 {2}unsupported_media_type /m);
    expect(code).toBe(1);
    const text = await readFile(out, 'utf8');
    expect(withoutText(text)).toBe(withoutText(await expected(2)));
    // The second is small, so it may begin first.
    const sizes = [...service.jobs.values()].map(({ inputs }) => inputs.length);
    expect(sizes.toSorted((one, other) => one - other)).toEqual([9, 990]);
    // What is no image is not sent.
    expect(service.count('POST', '/uploads')).toBe(999);
    expect(JSON.parse([...service.jobs.values()][0]?.body ?? '')).toMatchObject({
      top_k: 2,
      model: 'fake@9.9.9',
    });
    expect(existsSync(memory())).toBe(false);
    const again = await classify(arguments_('--top-k', '2'));
    expect(again.stdout).toContain('1010 photos, 978 classified, 32 failed');
    expect(service.jobs.size).toBe(2);
  });

  it('writes CSV and copies the photos as a local run does', async () => {
    const folder = join(root, `few-${run}`);
    await mkdir(folder);
    for (const name of ['0000', '0001', '0003'])
      await copyFile(join(photos, `${name}.jpg`), join(folder, `${name}.jpg`));
    const sorted = join(root, `sorted-${run}`);
    const options = ['--csv', '--top-k', '1', '--copy-to', join(sorted, '{label}')];
    expect((await classify([folder, '--out', out, '--url', service.url, ...options])).code).toBe(1);
    const rows = (await readFile(out, 'utf8')).split('\r\n');
    expect(rows).toHaveLength(5);
    expect(rows[1]).toMatch(/0000\.jpg"?,1,(cat|dog|espresso),0\.5,fake@9\.9\.9,$/);
    expect(rows[3]).toMatch(/0003\.jpg"?,,,,,The image cannot be decoded$/);
    expect((await readdir(sorted, { recursive: true })).filter((name) => name.endsWith('.jpg'))).toHaveLength(
      2,
    );
  });

  it('tries again while the service is busy or an upload has expired', async () => {
    const seen = new Map<string, number>();
    intercept = ({ method, path }) => {
      const times = (seen.get(`${method} ${path}`) ?? 0) + 1;
      seen.set(`${method} ${path}`, times);
      const [first] = service.uploads.keys();
      if (method === 'PUT' && times === 1 && path === `/uploads/${first}`) return { status: 403 };
      return times === 1 && path !== '/models' ? BUSY : undefined;
    };
    const few = join(root, `few-${run}`);
    await mkdir(few);
    for (let index = 20; index < 40; index += 1)
      await copyFile(join(photos, `00${index}.jpg`), join(few, `${index}.jpg`));
    const { code, stdout } = await classify([few, '--out', out, '--url', service.url]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('20 photos, 20 classified'),
    });
    expect(service.jobs.size).toBe(1);
  });

  it.each([
    ['SIGINT', 130, 'while the jobs run'],
    ['SIGTERM', 143, 'while the jobs run'],
    ['SIGINT', 130, 'while photos are uploaded'],
  ] as const)(
    'remembers uploads and jobs at %s, and the next run pays for nothing twice',
    async (signal, exit, when) => {
      service.release(false);
      const isEarly = when === 'while photos are uploaded';
      if (isEarly)
        intercept = ({ method }) => (method === 'PUT' && service.count('PUT', '/') > 300 ? BUSY : undefined);
      const first = start(arguments_());
      await retry(async () => {
        expect(isEarly ? service.count('PUT', '/') : service.count('GET', '/jobs/')).toBeGreaterThan(
          isEarly ? 400 : 4,
        );
      });
      first.process.kill(signal);
      expect(await first.exitCode).toBe(exit);
      if (!isEarly)
        expect(first.stderr()).toMatch(/job_[0-9a-f]{32}.*: remembered\. The same command fetches/);
      expect(first.lines().join('\n')).toContain(
        'Stopped. The same command goes on with the other 1010 photos.',
      );

      service.release(true);
      intercept = undefined;
      expect((await classify(arguments_())).code).toBe(1);
      expect(withoutText(await readFile(out, 'utf8'))).toBe(withoutText(await expected()));
      const sent = service.requests.filter(
        ({ method, path }) => method === 'PUT' && path.startsWith('/uploads/'),
      );
      const stored = new Set([...service.uploads.values()].map(String));
      expect(stored.size).toBe(isEarly ? 1000 : 999);
      expect(service.jobs.size).toBe(2);
      if (!isEarly) expect(sent).toHaveLength(999);
    },
  );

  it('sends the same request with the same key after it was killed before the answer', async () => {
    let isHeld = true;
    const few = join(photos, '0001.jpg');
    const args = [few, '--out', out, '--url', service.url];
    // The job begins, and the client does not learn of it.
    intercept = ({ method, path }) =>
      isHeld && method === 'GET' && path.startsWith('/jobs/') ? BUSY : undefined;
    const first = start(args);
    await retry(async () => expect(service.jobs.size).toBe(1));
    first.process.kill('SIGKILL');
    await first.exitCode;
    isHeld = false;
    const remembered = JSON.parse(await readFile(memory(), 'utf8'));
    delete remembered.batches[0].job_id;
    await writeFile(memory(), JSON.stringify(remembered));
    expect((await classify(args)).stdout).toContain('1 photo, 1 classified');
    expect(service.jobs.size).toBe(1);
    expect(service.count('POST', '/jobs')).toBe(2);
  });

  it('goes on in the middle of a job whose results were being written', async () => {
    const few = join(root, `few-${run}`);
    await mkdir(few);
    for (let index = 20; index < 30; index += 1)
      await copyFile(join(photos, `00${index}.jpg`), join(few, `${index}.jpg`));
    const args = [few, '--out', out, '--url', service.url];
    service.release(false);
    const first = start(args);
    await retry(async () => expect(await readFile(memory(), 'utf8')).toContain('job_id'));
    const remembered = await readFile(memory());
    service.release(true);
    expect(await first.exitCode).toBe(0);
    const whole = await readFile(out, 'utf8');

    // As a process leaves them that is killed after a few results.
    await writeFile(memory(), remembered);
    await writeFile(out, whole.slice(0, whole.length / 2));
    expect((await classify(args)).code).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(whole);
    expect(service.jobs.size).toBe(1);
    expect(existsSync(memory())).toBe(false);
  });

  it('keeps what a cancelled job has done, and runs the others the next time', async () => {
    service.release(false);
    const few = join(root, `few-${run}`);
    await mkdir(few);
    for (let index = 20; index < 30; index += 1)
      await copyFile(join(photos, `00${index}.jpg`), join(few, `${index}.jpg`));
    const args = [few, '--out', out, '--url', service.url];
    const first = start(args);
    await retry(async () => expect(service.jobs.size).toBe(1));
    // On AWS, the results of a job that is ended early come a little later.
    let polls = 0;
    const counts = { total: 10, succeeded: 5, failed: 0, pending: 5 };
    intercept = ({ method, path }) => {
      const [, id] = /^\/jobs\/(\w+)$/.exec(path) ?? [];
      if (method !== 'GET' || !id || polls === 3) return undefined;
      polls += 1;
      return {
        status: 200,
        headers: { 'retry-after': '0' },
        body: { job_id: id, status: 'cancelled', counts },
      };
    };
    for (const job of service.jobs.values()) job.status = 'cancelled';
    expect(await first.exitCode).toBe(1);
    expect(first.stderr()).toMatch(
      /^job_\w+ was cancelled\. The same command goes on with the other photos\.$/m,
    );
    expect((await readFile(out, 'utf8')).trim().split('\n')).toHaveLength(5);
    service.release(true);
    expect((await classify(args)).stdout).toContain('10 photos, 10 classified');
    expect([...service.jobs.values()].map(({ inputs }) => inputs.length)).toEqual([10, 5]);
  });

  it('cancels the remembered jobs if it begins anew, and refuses other options otherwise', async () => {
    service.release(false);
    const args = [join(photos, '0001.jpg'), '--out', out, '--url', service.url];
    const first = start(args);
    await retry(async () =>
      expect(existsSync(memory()) && (await readFile(memory(), 'utf8'))).toContain('job_id'),
    );
    first.process.kill('SIGINT');
    await first.exitCode;
    service.release(true);
    const other = await classify([...args, '--top-k', '1']);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/jobs\.json: expected .*--top-k 5.*--restart/),
    });
    expect((await classify([...args, '--top-k', '1', '--restart'])).code).toBe(0);
    expect([...service.jobs.values()].map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
  });

  it('sends the key to the service, and neither to the files nor to the results', async () => {
    const args = [join(photos, '0001.jpg'), '--out', out, '--url', service.url, '--auth', 'api-key'];
    expect((await classify(args, { API_KEY: 'the-key' })).code).toBe(0);
    for (const { method, path, headers } of service.requests) {
      const isElsewhere = method === 'PUT' || path.startsWith('/files/');
      expect(headers['x-api-key'], path).toBe(isElsewhere ? undefined : 'the-key');
      if (method === 'PUT') expect(headers['x-sent']).toBe('yes');
    }
    expect(await readFile(out, 'utf8')).not.toContain('the-key');
  });

  it.each([
    ['not_found', /^POST \/uploads: .*\(not_found\).*JOBS=on/],
    ['forbidden', /^POST \/uploads: Access denied \(forbidden\)/],
    ['storage_full', /^POST \/uploads: There is no room left \(storage_full\)/],
  ] as const)('says in one line what a refusal with %s means', async (code, message) => {
    intercept = ({ path }) => (path === '/uploads' ? problem(code) : undefined);
    const { code: exit, stderr } = await classify([
      join(photos, '0001.jpg'),
      '--out',
      out,
      '--url',
      service.url,
    ]);
    expect({ exit, lines: stderr.trim().split('\n').length }).toEqual({ exit: 1, lines: 1 });
    expect(stderr).toMatch(message);
  });

  it.each([
    [
      'a model that the service does not have',
      ['--model', 'other'],
      2,
      /--model: expected .*fake@9\.9\.9, got other/,
    ],
    [
      'explanations of a model without maps',
      ['--explain', '1'],
      2,
      /--explain: expected a model with activation maps/,
    ],
    ['a stage beside the URL', ['--stage', 'prod'], 2, /--stage: expected neither --url/],
    [
      'a key that is not there',
      ['--auth', 'api-key'],
      2,
      /--auth api-key: expected API_KEY in the environment/,
    ],
    ['a service that is not there', [], 1, /http:\/\/127\.0\.0\.1:8 cannot be reached \(ECONNREFUSED\)/],
  ])('fails with %s before it uploads anything', async (what, more, code, message) => {
    const url = what === 'a service that is not there' ? 'http://127.0.0.1:8' : service.url;
    const result = await classify([join(photos, '0001.jpg'), '--out', out, '--url', url, ...more]);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(service.count('POST', '/uploads')).toBe(0);
    expect(existsSync(out)).toBe(false);
  });
});
