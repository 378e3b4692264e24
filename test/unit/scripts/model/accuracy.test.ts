import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../../lambda/config.ts';
import { startServer } from '../../../../lambda/http/server/server.ts';
import { formatAccuracy } from '../../../../scripts/lib/model/accuracy/format.ts';
import { measureAccuracy } from '../../../../scripts/lib/model/accuracy/measure.ts';
import {
  type PhotoClassifier,
  UnusableImage,
} from '../../../../scripts/lib/model/accuracy/photo-classifier.ts';
import { testApp } from '../../../support/app.ts';
import { MODEL_DIR } from '../../../support/model.ts';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/accuracy.ts', import.meta.url));
const example = (name: string) => new URL(`../../../../examples/${name}`, import.meta.url);

let photos: string;
let empty: string;
beforeAll(async () => {
  photos = await mkdtemp(join(tmpdir(), 'accuracy-'));
  empty = await mkdtemp(join(tmpdir(), 'accuracy-empty-'));
  await Promise.all([
    copyFile(example('cat.jpg'), join(photos, 'n02124075_Egyptian_cat.JPEG')),
    copyFile(example('espresso.jpg'), join(photos, 'n07920052_espresso.jpg')),
    // The fake model says that everything is class 7, then 6 and so on.
    copyFile(example('rocket.jpg'), join(photos, 'n01514668_cock.JPEG')),
    copyFile(example('cat.jpg'), join(photos, 'n01498041_stingray.JPEG')),
    copyFile(example('cat.jpg'), join(photos, 'n99999999_unheard_of.JPEG')),
    writeFile(join(photos, 'n01440764_tench.JPEG'), 'no image at all'),
    writeFile(join(photos, 'README.md'), 'about the photos'),
  ]);
});
afterAll(() => Promise.all([photos, empty].map((directory) => rm(directory, { recursive: true }))));

const SKIPPED = [
  { file: 'README.md', reason: 'its name is not nXXXXXXXX_*.JPEG' },
  { file: 'n01440764_tench.JPEG', reason: expect.stringContaining('Expected a JPEG') },
  { file: 'n99999999_unheard_of.JPEG', reason: 'the model has no class n99999999' },
];

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe('measuring', () => {
  const classifier: PhotoClassifier = {
    model: { name: 'm', version: '1', sha256: 'a'.repeat(64) },
    threads: 1,
    wnids: new Set(['n01514668', 'n01498041', 'n02124075', 'n07920052', 'n01440764']),
    async classify(image) {
      if (image.byteLength < 100) throw new UnusableImage('Expected a JPEG');
      return ['n01514668', 'n01498041'];
    },
  };

  it('counts top-1 and top-5, and lists what it skipped', async () => {
    const progress: string[] = [];
    const accuracy = await measureAccuracy(photos, classifier, (done, total) =>
      progress.push(`${done}/${total}`),
    );
    expect(accuracy).toMatchObject({ images: 4, top1: 0.25, top5: 0.5, skipped: SKIPPED, threads: 1 });
    expect(accuracy.imagesPerSecond).toBeGreaterThan(0);
    expect(progress).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  });

  it('stops at a failure that is not the image’s fault', async () => {
    const broken = { ...classifier, classify: () => Promise.reject(new Error('the service is gone')) };
    await expect(measureAccuracy(photos, broken)).rejects.toThrow('the service is gone');
  });

  it('fails if every file was skipped', async () => {
    await expect(measureAccuracy(empty, classifier)).rejects.toThrow(/expected photos named .*, got none/);
    const none = { ...classifier, wnids: new Set<string>() };
    await expect(measureAccuracy(photos, none)).rejects.toThrow('README.md: its name is not');
    await expect(measureAccuracy(join(photos, 'nowhere'), classifier)).rejects.toThrow('ENOENT');
  });

  it('gives shares with their standard error', () => {
    const text = formatAccuracy({
      images: 100,
      skipped: [{ file: 'a.txt', reason: 'no photo' }],
      top1: 0.5,
      top5: 0.9,
      imagesPerSecond: 12.34,
      model: classifier.model,
      threads: 1,
    });
    expect(text).toContain('top-1    0.5000 ± 0.0500');
    expect(text).toContain('top-5    0.9000 ± 0.0300');
    expect(text).toContain('12.3 images/s, 1 thread');
    expect(text).toContain('a.txt: no photo');
  });
});

describe('npm run accuracy', () => {
  it('measures the bundled model in its own process', async () => {
    const { code, stdout, stderr } = await run(photos, '--json', '--model', MODEL_DIR, '--threads', '1');
    expect(stderr).toMatch(/^\d+ % {2}\d of 6 images$/m);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      images: 4,
      // Two of the labels are wrong.
      top5: 0.5,
      skipped: SKIPPED,
      threads: 1,
      model: { name: 'resnet50', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('measures a running service by its HTTP API', async () => {
    const { app } = testApp();
    const server = await startServer(app, readConfig({ PORT: '0' }).server);
    try {
      const { code, stdout } = await run(photos, '--url', server.url);
      expect(code).toBe(0);
      expect(stdout).toContain('model    fake 9.9.9');
      expect(stdout).toContain('images   4, 3 skipped');
      expect(stdout).toContain('top-1    0.2500');
      expect(stdout).toContain('top-5    0.5000');
      expect(stdout).toContain('skipped  n01440764_tench.JPEG: Expected a JPEG');
    } finally {
      server.drain();
    }
  });

  it.each([
    ['no folder', []],
    ['two folders', ['a', 'b']],
    ['an unknown option', ['a', '--predictions', 'x']],
    ['threads that are not a number', ['a', '--threads', 'all']],
    ['a URL that is none', ['a', '--url', 'localhost:8080']],
    ['a model together with a URL', ['a', '--url', 'http://localhost:8080', '--model', 'b']],
  ])('%s is wrong usage', async (_what, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: npm run accuracy');
  });

  it('fails in one line', async () => {
    for (const args of [[empty], [photos, '--model', empty], [photos, '--url', 'http://127.0.0.1:1']]) {
      const { code, stdout, stderr } = await run(...args);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});
