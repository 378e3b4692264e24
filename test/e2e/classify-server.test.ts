import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/system/free-port.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { encode } from '../support/images.ts';
import { mappedManifest, writeMappedBundle } from '../support/mapped-bundle.ts';
import { repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const PHOTOS = 60;
let root: string;
let photos: string;
let model: string;
let port: number;
let server: ServiceProcess;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'classify-server-'));
  photos = join(root, 'photos');
  model = join(root, 'model');
  await writeMappedBundle(model, mappedManifest('float32'));
  await mkdir(photos);
  const images = await Promise.all([encode('jpeg'), encode('webp'), encode('png')]);
  for (let index = 0; index < PHOTOS; index += 1) {
    const image = images[index % 3] as Buffer;
    const bytes = [7, 31].includes(index)
      ? 'no image'
      : index === 20
        ? image.subarray(0, image.length - 40)
        : image;
    await writeFile(join(photos, `${String(index).padStart(2, '0')}.jpg`), bytes);
  }
  await writeFile(join(photos, 'empty.jpg'), '');
  port = await freePort();
  await startServer();
});
afterAll(async () => {
  server.process.kill('SIGKILL');
  await rm(root, { recursive: true });
});

async function startServer(): Promise<void> {
  server = startProcess(['lambda/server.ts'], {
    PORT: String(port),
    MODELS: model,
    INTRA_OP_THREADS: '1',
    DATA_DIR: join(root, 'data'),
  });
  await server.logged(({ message }) => String(message).startsWith('Ready on '));
}

const start = (out: string, more: readonly string[]): ServiceProcess =>
  startProcess([repositoryPath('scripts/classify.ts'), photos, '--out', join(root, out), ...more], {
    MODELS: model,
    INTRA_OP_THREADS: '1',
  });
async function classify(out: string, ...more: readonly string[]): Promise<string> {
  const run = start(out, more);
  expect(await run.exitCode, run.stderr()).toBe(1);
  return readFile(join(root, out), 'utf8');
}
const atServer = () => ['--url', `http://127.0.0.1:${port}`];

describe('npm run classify at a server', () => {
  it.each([
    ['NDJSON', ['--top-k', '2', '--explain', '1']],
    ['CSV', ['--csv', '--top-k', '2']],
  ])('writes the same %s as without one', async (name, options) => {
    const local = await classify(`local-${name}`, ...options);
    expect(await classify(`remote-${name}`, ...options, ...atServer())).toBe(local);
  });

  it('goes on with the results of a local run, because the model is the same', async () => {
    const whole = await classify('whole');
    const half = whole.split('\n').slice(0, 30).join('\n');
    await writeFile(join(root, 'half'), `${half}\n`);
    await writeFile(join(root, 'half.settings.json'), await readFile(join(root, 'whole.settings.json')));
    expect(await classify('half', ...atServer())).toBe(whole);
  });

  it('waits for a server that is killed and started again, and has each photo once', async () => {
    const run = start('killed', atServer());
    await retry(async () => {
      const text =
        existsSync(join(root, 'killed.jobs.json')) &&
        (await readFile(join(root, 'killed.jobs.json'), 'utf8'));
      expect(text).toContain('job_id');
    });
    server.process.kill('SIGKILL');
    await server.exitCode;
    await startServer();
    expect(await run.exitCode, run.stderr()).toBe(1);
    expect(await readFile(join(root, 'killed'), 'utf8')).toBe(await classify('undisturbed'));
  });
});
