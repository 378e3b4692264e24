import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { compareAnswers } from '../../../bench/lib/versions/answers.ts';
import { createRecorder, FIGURES, versionTable } from '../../../bench/lib/versions/figures.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

async function folderOf(...names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'answers-'));
  stack.defer(() => rm(folder, { recursive: true }));
  for (const name of names) await writeFile(join(folder, name), name);
  return folder;
}

/** A service that answers each photo, which here holds its name. */
async function serve(probabilities: Readonly<Record<string, number>>): Promise<string> {
  const server = createServer(async (request, response) => {
    const probability = probabilities[await text(request)];
    if (probability === undefined) response.writeHead(422).end('{"code":"invalid_image"}');
    else
      response.end(JSON.stringify({ predictions: [{ probability }], timing_ms: { total: Math.random() } }));
  }).listen(0);
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('compareAnswers', () => {
  it('finds a difference of one bit and a refusal, and ignores times and other files', async () => {
    const folder = await folderOf('bit.jpg', 'refused.png', 'same.jpeg', 'both.webp', 'README.md');
    const before = await serve({ 'bit.jpg': 0.3, 'refused.png': 0.5, 'same.jpeg': 0.7 });
    const after = await serve({ 'bit.jpg': 0.1 + 0.2, 'same.jpeg': 0.7 });
    expect(await compareAnswers(folder, [before, after])).toEqual({
      photos: 4,
      different: ['bit.jpg', 'refused.png'],
    });
  });

  it('expects photos', async () => {
    const folder = await folderOf('README.md');
    await expect(compareAnswers(folder, ['', ''])).rejects.toThrow('expected photos, got none');
  });
});

describe('versionTable', () => {
  it('has the ratio of each round, new over old', () => {
    const { measured, record } = createRecorder();
    for (const figure of Object.keys(FIGURES)) {
      for (const value of [100, 200, 400]) record({ id: 'old', repository: '' }, { [figure]: value });
      for (const value of [50, 180, 320]) record({ id: 'new', repository: '' }, { [figure]: value });
    }
    const rows = versionTable(measured).split('\n');
    expect(rows[2]).toBe('| Start to first prediction, ms | 200 | 180 | 0.800 | 0.50 to 0.90 |');
    expect(rows).toHaveLength(2 + Object.keys(FIGURES).length);
  });
});
