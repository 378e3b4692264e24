import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const PHOTOS = ['astronaut', 'cat', 'espresso', 'rocket'];
/** What becomes of a photo when it is copied, shared and edited a little. */
const COPIES: Readonly<Record<string, (photo: Sharp, width: number, height: number) => Promise<Buffer>>> = {
  'again.jpg': (photo) => photo.jpeg({ quality: 60 }).toBuffer(),
  'as.webp': (photo) => photo.webp({ quality: 80 }).toBuffer(),
  'small.jpg': (photo, width) =>
    photo
      .resize(Math.round(width * 0.6))
      .jpeg({ quality: 80 })
      .toBuffer(),
  'mirrored.png': (photo) => photo.flop().png().toBuffer(),
  'cropped.jpg': (photo, width, height) => {
    const part = (side: number) => Math.round(side * 0.9);
    const region = { left: width - part(width), top: 0, width: part(width), height: part(height) };
    return photo.extract(region).jpeg({ quality: 80 }).toBuffer();
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'photos-'));
  for (const name of PHOTOS) {
    const original = repositoryPath(`examples/${name}.jpg`);
    await cp(original, join(folder, `${name}.jpg`));
    const { width = 0, height = 0 } = await sharp(original).metadata();
    for (const [ending, change] of Object.entries(COPIES))
      await writeFile(join(folder, `${name}-${ending}`), await change(sharp(original), width, height));
  }
  await writeFile(join(folder, 'broken.jpg'), 'not a photo');
});
afterAll(() => rm(folder, { recursive: true }));

/** The similarity of near-duplicates that examples/similar/README.md recommends for each model. */
describe.each([
  ['resnet50', '0.85'],
  ['efficientnet-lite2', '0.75'],
])('examples/similar with %s', (model, near) => {
  let service: ServiceProcess;
  let url: string;
  beforeAll(async () => {
    service = startProcess(['lambda/server.ts'], { PORT: '0', MODELS: model });
    const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
    url = String(message).slice('Ready on '.length);
  });
  afterAll(() => service.process.kill('SIGKILL'));

  async function similar(...args: readonly string[]) {
    const script = repositoryPath('examples/similar/similar.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      folder,
      '--url',
      url,
      '--json',
      ...args,
    ]);
    return JSON.parse(stdout) as {
      readonly photos: number;
      readonly skipped: readonly { readonly file: string; readonly reason: string }[];
      readonly groups?: readonly (readonly { readonly file: string; readonly similarity: number }[])[];
      readonly nearest?: readonly { readonly file: string; readonly similarity: number }[];
    };
  }

  test('finds the copies of each photo, tells different photos apart, and skips what is no photo', async () => {
    const { photos, skipped, groups = [] } = await similar('--near', near);
    expect(photos).toBe(PHOTOS.length * 6);
    expect(skipped).toEqual([
      { file: join(folder, 'broken.jpg'), reason: expect.stringMatching(/^Expected /) },
    ]);
    expect(groups.map((group) => group.map(({ file }) => basename(file)).sort())).toEqual(
      PHOTOS.map((name) =>
        [`${name}.jpg`, ...Object.keys(COPIES).map((ending) => `${name}-${ending}`)].sort(),
      ),
    );
  });

  test.runIf(model === 'resnet50')('prints what its README shows', async () => {
    const readme = Buffer.from(readRepositoryFile('examples/similar/README.md')).toString();
    const blocks = [...readme.matchAll(/```sh\n(?:npm start.*\n)?node (.*)\n```\n\n```text\n([\s\S]*?)```/g)];
    expect(blocks).toHaveLength(2);
    for (const [, command = '', output = ''] of blocks) {
      const args = [...command.split(' '), '--url', url];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repositoryPath('.') });
      // Processors and decoders round differently.
      const rounded = (text: string) => text.replaceAll(/0\.\d{3}/g, (number) => Number(number).toFixed(1));
      expect(rounded(stdout)).toBe(rounded(output));
    }
  });

  test('finds the copies of one photo before any other photo', async () => {
    const { nearest = [] } = await similar('--photo', join(folder, 'cat.jpg'), '--top', '6');
    const [copies, others] = [nearest.slice(0, 5), nearest.slice(5)];
    expect(copies.map(({ file }) => basename(file)).sort()).toEqual(
      Object.keys(COPIES)
        .map((ending) => `cat-${ending}`)
        .sort(),
    );
    expect(Math.min(...copies.map(({ similarity }) => similarity))).toBeGreaterThan(Number(near));
    expect(others[0]?.similarity).toBeLessThan(0.6);
  });
});
