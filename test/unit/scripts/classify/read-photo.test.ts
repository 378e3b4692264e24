import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { createPhotoClassifier } from '../../../../scripts/lib/classify/local/classify-photo.ts';
import { readPhoto } from '../../../../scripts/lib/classify/photos/read-photo.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'read-photo-'));
  await writeFile(join(root, 'small.jpg'), 'x'.repeat(10));
  await writeFile(join(root, 'large.jpg'), 'x'.repeat(11));
  await symlink('loop.jpg', join(root, 'loop.jpg'));
});
afterAll(() => rm(root, { recursive: true }));

describe('reading a photo', () => {
  it('gives the bytes of a file within the limit', async () => {
    expect(Buffer.from(await readPhoto(join(root, 'small.jpg'), 10)).toString()).toBe('x'.repeat(10));
  });

  it.each([
    ['large.jpg', 'image_too_large'],
    ['missing.jpg', 'not_found'],
    ['small.jpg/inside.jpg', 'not_found'],
    ['loop.jpg', 'not_found'],
    [`${'x'.repeat(300)}.jpg`, 'not_found'],
    ['null\0character.jpg', 'not_found'],
    ['.', 'invalid_request'],
  ])('%s is the problem %s', async (name, code) => {
    await expect(readPhoto(join(root, name), 10)).rejects.toMatchObject({ name: 'ServiceError', code });
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.jpg')]);
    await expect(readPhoto(join(root, 'pipe.jpg'), 10)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'says what may not be read',
    async () => {
      await writeFile(join(root, 'private.jpg'), 'x');
      await chmod(join(root, 'private.jpg'), 0);
      await expect(readPhoto(join(root, 'private.jpg'), 10)).rejects.toMatchObject({ code: 'forbidden' });
    },
  );
});

describe('classifying a photo', () => {
  const options = { topK: 1, explain: 0 };
  const file = () => join(root, 'small.jpg');
  const image = { format: 'jpeg', width: 1, height: 1, bytes: 10 } as const;

  it('waits while the service is busy', async () => {
    let calls = 0;
    const classify = createPhotoClassifier(
      {
        async classify() {
          calls += 1;
          if (calls < 3) throw new ServiceError('overloaded', 'Busy.');
          return { results: [{ predictions: [], image }], decodeMs: 0, inferenceMs: 0 };
        },
      },
      10,
      options,
    );
    expect(await classify(file())).toEqual({ predictions: [], image });
    expect(calls).toBe(3);
  });

  it('turns a problem of the photo into its outcome, and a failure of the model into an error', async () => {
    const failing = (error: Error) =>
      createPhotoClassifier({ classify: () => Promise.reject(error) }, 10, options);
    const error = new ServiceError('too_many_pixels', 'Too many.');
    expect(await failing(error)(file())).toEqual({ error });
    await expect(failing(new Error('no memory'))(file())).rejects.toThrow('no memory');
  });
});
