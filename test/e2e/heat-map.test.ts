import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

/** The program of docs/explanations.md, "Draw a heat map". */
const [, program = ''] =
  /## Draw a heat map[\s\S]*?```js\n([\s\S]*?)```/.exec(
    Buffer.from(readRepositoryFile('docs/explanations.md')).toString(),
  ) ?? [];

let service: ServiceProcess;
let folder: string;
beforeAll(async () => {
  service = startProcess(['lambda/server.ts'], { PORT: '0', MODELS: 'resnet50' });
  folder = await mkdtemp(join(tmpdir(), 'heat-map-'));
  await symlink(repositoryPath('node_modules'), join(folder, 'node_modules'));
  const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
  const url = String(message).slice('Ready on '.length);
  await writeFile(join(folder, 'heat-map.mjs'), program.replace('http://localhost:8080', url));
});
afterAll(async () => {
  service.process.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function draw(photo: string) {
  await promisify(execFile)(process.execPath, ['heat-map.mjs', photo], { cwd: folder });
  return pixelsOf(join(folder, 'heat-map.png'));
}

async function pixelsOf(file: string) {
  const { data, info } = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => data.subarray((y * info.width + x) * info.channels).subarray(0, 3);
  return { width: info.width, height: info.height, at };
}

test('the program of docs/explanations.md colours the face of the cat and nothing else, upright', async () => {
  const cat = repositoryPath('examples/cat.jpg');
  // Lossless, so that the pixels are those of the file itself. The orientation says: turn it by 90 degrees to the right.
  const turned = join(folder, 'turned.png');
  await sharp(cat).rotate(-90).withMetadata({ orientation: 6 }).png().toFile(turned);
  const photo = await pixelsOf(cat);

  for (const file of [cat, turned]) {
    const drawn = await draw(file);
    expect({ width: drawn.width, height: drawn.height }).toEqual({ width: 451, height: 300 });
    // Blending rounds, and an interpolation of zeros next to values is nearly zero.
    const isSame = (x: number, y: number) =>
      photo.at(x, y).every((value, channel) => Math.abs(value - (drawn.at(x, y)[channel] ?? 0)) <= 3);
    // Beside the region that the model sees, and the cheek on the left, which speaks against an Egyptian cat.
    expect([isSame(20, 150), isSame(430, 150), isSame(110, 150)]).toEqual([true, true, true]);
    const [red = 0, green = 0, blue = 0] = drawn.at(320, 140);
    const [before = 0, ...others] = photo.at(320, 140);
    expect(red).toBeGreaterThan(before + 50);
    expect(green + blue).toBeLessThan((others[0] ?? 0) + (others[1] ?? 0));
  }
});
