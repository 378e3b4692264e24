import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Container, startContainer } from '../../scripts/lib/docker/container.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { MODEL_DIR, readRepositoryFile } from '../support/model.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import { LOCKED_DOWN } from './limits.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const TINY = { name: 'tiny', version: '1.0.0' };
const RESNET = { name: 'resnet50', version: '1.0.0' };

describe.skipIf(!inject('engine'))('the models of the image', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'models-'));
    await writeTinyBundle(join(directory, 'tiny'), TINY);
  });
  afterAll(() => rm(directory, { recursive: true }));

  const startServer = (...options: readonly string[]) =>
    startContainer({ options: [...LOCKED_DOWN, ...options], command: ['http'] });
  const listed = ({ url }: Container) =>
    retry(async () => {
      const response = await fetch(`${url}/models`);
      const { models } = (await response.json()) as { models: readonly { state: string }[] };
      if (models.some(({ state }) => state !== 'ready')) throw new Error('Expected all models to be ready');
      return models;
    });

  test('are one, unless MODELS names others', async () => {
    await using server = await startServer();
    expect(await listed(server)).toEqual([{ ...RESNET, state: 'ready' }]);
  });

  test('are chosen by their folders in the image, and by the request', async () => {
    await using server = await startServer(
      `--volume=${directory}/tiny:/var/task/models/tiny:ro`,
      '--env=MODELS=resnet50,tiny',
    );
    expect(await listed(server)).toMatchObject([RESNET, TINY]);
    for (const [query, model] of [
      ['', RESNET],
      ['?model=tiny', TINY],
    ] as const) {
      const response = await fetch(`${server.url}/predict${query}`, { method: 'POST', body: cat });
      expect(await response.json()).toMatchObject({ model });
    }
  });

  test('may be in another folder', async () => {
    await using server = await startServer(
      `--volume=${directory}/tiny:/m/tiny:ro`,
      `--volume=${MODEL_DIR}:/m/resnet50:ro`,
      '--env=MODEL_REPOSITORY=/m',
      '--env=MODELS=tiny,resnet50',
    );
    expect(await listed(server)).toMatchObject([TINY, RESNET]);
  });
});
