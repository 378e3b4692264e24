import { cp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLES, bundle } from './lib/image/bundle.ts';

/**
 * Bundles the entries into dist/ for an image that carries no sources, beside the files of the pages and the notices of
 * what the bundles contain.
 */
const NOTICES = ['LICENSE', 'NOTICE', 'THIRD-PARTY-NOTICES', 'licences'];

const repository = fileURLToPath(new URL('..', import.meta.url));
const out = join(repository, 'dist');

await rm(out, { recursive: true, force: true });
for (const entries of BUNDLES) {
  const { outputs } = await bundle(entries, { out, write: true });
  for (const file of Object.keys(outputs).filter((name) => name.endsWith('.mjs'))) {
    const { size } = await stat(join(repository, file));
    console.log(`${file} ${(size / 1024).toFixed(0)} KiB`);
  }
}
await cp(join(repository, 'lambda/http/page'), join(out, 'page'), { recursive: true });
for (const name of NOTICES) await cp(join(repository, name), join(out, name), { recursive: true });
