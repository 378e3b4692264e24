import { readFile } from 'node:fs/promises';
import { docker, IMAGE } from '../../../scripts/lib/docker/docker.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

/** A file of the bundle and everything that it imports from there: what Lambda reads at a cold start. */
export async function bundleKilobytes(file: string): Promise<number> {
  const sizes = new Map<string, number>();
  async function add(name: string): Promise<void> {
    // Two chunks may import the same third one.
    if (sizes.has(name)) return;
    const text = await readFile(`${REPOSITORY}dist/${name}`, 'utf8');
    sizes.set(name, Buffer.byteLength(text) / 1000);
    for (const [, chunk = ''] of text.matchAll(/(?:from|import)\s*"\.\/(chunk-\w+\.mjs)"/g)) await add(chunk);
  }
  await add(file);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

export async function imageMegabytes(): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', IMAGE)) / 1e6;
}
