import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problemDetails } from '../../lambda/http/problem-schemas.ts';
import { predictionResult } from '../../lambda/http/schemas/predictions.ts';
import { encode } from '../support/images.ts';
import { mappedManifest, writeMappedBundle } from '../support/mapped-bundle.ts';
import { repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startCommand } from '../support/process.ts';

const SCRIPT = repositoryPath('scripts/classify.ts');
const PHOTOS = 240;
const CTRL_C = '\x03';
const hasTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;

let root: string;
let photos: string;
let model: string;
let out: string;
let run = 0;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'classify-'));
  photos = join(root, 'photos');
  model = join(root, 'model');
  await writeMappedBundle(model, mappedManifest('float32'));
  await mkdir(join(photos, 'more'), { recursive: true });
  const images = await Promise.all([encode('jpeg'), encode('webp'), encode('png')]);
  for (let index = 0; index < PHOTOS; index += 1) {
    const folder = index % 3 === 0 ? join(photos, 'more') : photos;
    const bytes = index % 50 === 7 ? 'no image' : (images[index % 3] as Buffer);
    await writeFile(join(folder, `photo ${String(index).padStart(3, '0')}.jpg`), bytes);
  }
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  run += 1;
  out = join(root, `results-${run}.ndjson`);
});
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});

function start(args: readonly string[], command: readonly string[] = []): ServiceProcess {
  const service = startCommand([...command, process.execPath, SCRIPT, ...args], {
    TERM: 'xterm-256color',
    MODELS: model,
    INTRA_OP_THREADS: '1',
  });
  running.push(service);
  return service;
}
async function classify(...args: readonly string[]) {
  const service = start(args);
  const code = await service.exitCode;
  return { code, stdout: service.lines().join('\n'), stderr: service.stderr() };
}

interface Line {
  readonly file: string;
  readonly model?: object;
  readonly predictions?: readonly { readonly label: string }[];
  readonly problem?: { readonly code: string };
  readonly explanation?: { readonly maps: readonly object[] };
}
const lines = async (): Promise<readonly Line[]> =>
  (await readFile(out, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const shaOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** What an undisturbed run writes. */
let undisturbed: string;
beforeAll(async () => {
  out = join(root, 'undisturbed.ndjson');
  await classify(photos, '--out', out);
  undisturbed = await shaOf(out);
});

describe('npm run classify', () => {
  it('writes a line for each photo in order, as the API answers, and counts the failures', async () => {
    await writeFile(join(photos, 'notes.md'), 'about the photos');
    const { code, stdout, stderr } = await classify(photos, '--out', out, '--top-k', '2', '--explain', '1');
    expect(code).toBe(1);
    expect(stdout).toContain(`${out}: 240 photos, 235 classified, 5 failed`);
    expect(stdout).toMatch(/^ {2}5 {2}unsupported_media_type {2}The image format is not supported$/m);
    expect(stdout).toContain('Other files in the folders: 1');
    expect(stdout).toMatch(/^This run: 240 photos in \d+\.\d s, \d+\.\d photos\/s$/m);
    expect(stderr).toMatch(/^50 % {2}120 of 240 photos$/m);
    const all = await lines();
    const names = all.map(({ file }) => file);
    expect(names).toHaveLength(PHOTOS);
    expect(names).toEqual([...names].sort());
    const answer = predictionResult.omit({ request_id: true, timing_ms: true });
    for (const { file, ...line } of all) {
      if ('problem' in line) expect(problemDetails.safeParse(line.problem).error, file).toBeUndefined();
      else {
        expect(answer.safeParse(line).error, file).toBeUndefined();
        expect(line).toMatchObject({ model: { name: 'fake', version: '9.9.9' } });
        expect(line.predictions).toHaveLength(2);
        expect(line.explanation?.maps).toHaveLength(1);
      }
    }
  });

  it('does nothing if all is done, and classifies what was added', async () => {
    const folder = join(root, 'growing');
    await mkdir(folder);
    for (const name of ['b.jpg', 'd.jpg']) await copyFile(join(photos, 'photo 001.jpg'), join(folder, name));
    const first = await classify(folder, '--out', out);
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 photos, 2 classified, 0 failed'),
    });
    const before = await shaOf(out);
    const again = await classify(folder, '--out', out);
    expect(again).toMatchObject({ code: 0, stdout: `${out}: 2 photos, 2 classified, 0 failed` });
    expect(await shaOf(out)).toBe(before);
    await copyFile(join(photos, 'photo 001.jpg'), join(folder, 'a.jpg'));
    await classify(folder, '--out', out);
    expect((await lines()).map(({ file }) => file)).toEqual(
      ['b', 'd', 'a'].map((name) => join(folder, `${name}.jpg`)),
    );
  });

  it.each([
    ['NDJSON', []],
    ['CSV', ['--csv']],
  ])(
    'as %s has every photo once after it was killed again and again',
    { timeout: 300_000 },
    async (_, options) => {
      const whole = join(root, `whole-${run}`);
      const sorted = join(root, `sorted-${run}`);
      await classify(
        photos,
        '--out',
        whole,
        ...options,
        '--copy-to',
        join(root, `expected-${run}`, '{label}'),
      );
      const { size } = statSync(whole);
      const args = [photos, '--out', out, ...options, '--copy-to', join(sorted, '{label}')];
      let kills = 0;
      for (let round = 1; round <= 5; round += 1) {
        const service = start(args);
        const target = (size * round * (0.8 + 0.4 * Math.random())) / 6;
        let hasEnded = false;
        service.exitCode.then(() => {
          hasEnded = true;
        });
        while (!hasEnded && (!existsSync(out) || statSync(out).size < target)) await delay(1);
        await delay(Math.random() * 10);
        service.process.kill('SIGKILL');
        if ((await service.exitCode) === null) kills += 1;
      }
      expect(kills).toBeGreaterThan(0);
      expect((await classify(...args)).code).toBe(1);
      expect(await readFile(out, 'utf8')).toBe(await readFile(whole, 'utf8'));
      const names = async (folder: string) => (await readdir(folder, { recursive: true })).sort();
      expect(await names(sorted)).toEqual(await names(join(root, `expected-${run}`)));
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('keeps what is done at %s, and says how to go on', async (signal, expected) => {
    const service = start([photos, '--out', out]);
    while (!existsSync(out) || statSync(out).size < 20_000) await delay(1);
    service.process.kill(signal);
    expect(await service.exitCode).toBe(expected);
    const done = (await lines()).length;
    expect(done).toBeLessThan(PHOTOS);
    expect(service.lines().join('\n')).toContain(
      `Stopped. The same command goes on with the other ${PHOTOS - done} photos.`,
    );
    expect((await classify(photos, '--out', out)).code).toBe(1);
    expect(await shaOf(out)).toBe(undisturbed);
  });

  it('refuses other options for the same results, unless it starts again', async () => {
    const photo = join(photos, 'photo 001.jpg');
    await classify(photo, '--out', out);
    const before = await shaOf(out);
    const { code, stderr } = await classify(photo, '--out', out, '--top-k', '1');
    expect(code).toBe(2);
    expect(stderr).toMatch(/started with \(--top-k 5\), got --top-k 1; --restart begins again\nUsage: /);
    expect((await classify(photo, '--out', out, '--csv')).code).toBe(2);
    expect(await shaOf(out)).toBe(before);
    expect((await classify(photo, '--out', out, '--top-k', '1', '--restart')).code).toBe(0);
    expect((await lines())[0]?.predictions).toHaveLength(1);
  });

  it('lists failures of a list by their code', async () => {
    const list = join(root, 'list of photos.txt');
    await writeFile(list, 'photos/photo 001.jpg\r\nphotos/missing 貓.jpg\r\nphotos\r\nphotos/notes.md\r\n');
    await writeFile(join(photos, 'notes.md'), 'about the photos');
    const { code, stdout } = await classify(list, '--out', out);
    expect(code).toBe(1);
    expect((await lines()).map(({ file, problem }) => [file.slice(root.length + 1), problem?.code])).toEqual([
      ['photos/photo 001.jpg', undefined],
      ['photos/missing 貓.jpg', 'not_found'],
      ['photos', 'invalid_request'],
      ['photos/notes.md', 'unsupported_media_type'],
    ]);
    for (const code of ['not_found', 'invalid_request', 'unsupported_media_type'])
      expect(stdout).toMatch(new RegExp(`^ {2}1 {2}${code} `, 'm'));
  });

  // A limit on the size of a file fails as a full disk does: a part of the text is written, then none.
  it.skipIf(process.platform === 'win32')(
    'says that the disk is full, and goes on when it is not',
    async () => {
      const service = start([photos, '--out', out], ['bash', '-c', 'ulimit -f 40; exec "$@"', 'bash']);
      expect(await service.exitCode).toBe(1);
      expect(service.stderr()).toMatch(
        /results-\d+\.ndjson: the results cannot be written \(EFBIG\)\. The same command goes/m,
      );
      expect((await lines()).length).toBeGreaterThan(10);
      await classify(photos, '--out', out);
      expect(await shaOf(out)).toBe(undisturbed);
    },
  );

  it.skipIf(process.getuid?.() === 0)('says that the results may not be written', async () => {
    await writeFile(out, '');
    await chmod(out, 0o444);
    const { code, stderr } = await classify(photos, '--out', out);
    expect(code).toBe(1);
    expect(stderr).toMatch(/results cannot be written \(EACCES\)/m);
  });

  it.each([
    ['no photos', () => ['--out', out], 'usage'],
    ['no results', () => [photos], 'usage'],
    ['CSV with explanations', () => [photos, '--out', out, '--csv', '--explain', '1'], 'usage'],
    [
      'copies among the photos',
      () => [photos, '--out', out, '--copy-to', join(photos, 'x/{label}')],
      'usage',
    ],
    ['results that are a photo', () => [photos, '--out', join(photos, 'photo 001.jpg')], 'usage'],
    ['a folder that is not there', () => [join(root, 'nowhere'), '--out', out], 'failure'],
    ['results in a folder that is not there', () => [photos, '--out', join(root, 'nowhere', 'x')], 'failure'],
    ['a model that is not there', () => [photos, '--out', out, '--model', 'nothing'], 'failure'],
  ])('fails with %s before it writes anything', async (_, args, expected) => {
    const before = await shaOf(join(photos, 'photo 001.jpg'));
    const { code, stdout, stderr } = await classify(...args());
    // Wrong usage is followed by the usage, and by where to read more.
    const [exitCode, lineCount] = expected === 'usage' ? [2, 3] : [1, 1];
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(lineCount);
    expect(existsSync(out)).toBe(false);
    expect(await shaOf(join(photos, 'photo 001.jpg'))).toBe(before);
  });

  it.skipIf(!hasTerminals)(
    'shows the rate and the remaining time on a terminal, and stops at Ctrl-C',
    async () => {
      const service = start(
        [photos, '--out', out],
        [
          'python3',
          '-c',
          'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))',
        ],
      );
      while (!existsSync(out) || statSync(out).size < 20_000) await delay(1);
      service.process.stdin.write(CTRL_C);
      expect(await service.exitCode).toBe(130);
      const text = stripVTControlCharacters(service.lines().join('\n'));
      expect(text).toMatch(/█ *░* \d+ % {2}\d+ \/ 240 photos {2}\d+\.\d photos\/s {2}\S+/);
      expect(text).toMatch(/Stopped\. The same command goes on/);
    },
  );
});
