import { readFile } from 'node:fs/promises';
import { docker, IMAGE } from '../../../scripts/lib/docker/docker.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

/** A file of the bundle and everything that it imports from there: what Lambda reads at a cold start. */
export async function bundleKilobytes(file: string): Promise<number> {
  const text = await readFile(`${REPOSITORY}dist/${file}`, 'utf8');
  let kilobytes = Buffer.byteLength(text) / 1000;
  for (const [, chunk = ''] of text.matchAll(/(?:from|import)\s*"\.\/(chunk-\w+\.mjs)"/g)) {
    kilobytes += await bundleKilobytes(chunk);
  }
  return kilobytes;
}

export async function imageMegabytes(): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', IMAGE)) / 1e6;
}
