import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * Copies what the bundle needs of node_modules: native addons of this platform and files that are served as they are.
 * Everything else is in the bundle. An allow-list, so that a new dependency is a decision and not an accident.
 *
 *   node scripts/image/collect.ts TARGET
 */
const PARTS: readonly (readonly [name: string, ...paths: readonly string[]])[] = [
  ['onnxruntime-node', 'package.json', 'dist', `bin/napi-v6/linux/${arch}`],
  ['onnxruntime-common', 'package.json', 'dist/cjs'],
  ['sharp', 'package.json', 'LICENSE', 'dist'],
  ['@img/colour', '.'],
  [`@img/sharp-linux-${arch}`, '.'],
  [`@img/sharp-libvips-linux-${arch}`, '.'],
  ['@napi-rs/image', 'package.json', 'LICENSE', 'index.js'],
  [`@napi-rs/image-linux-${arch}-gnu`, '.'],
  ['detect-libc', '.'],
  ['semver', '.'],
  ['swagger-ui-dist', 'package.json', 'LICENSE', 'NOTICE', 'swagger-ui.css', 'swagger-ui-bundle.js'],
];

/** Of use to compilers, debuggers and readers only. */
const IS_UNUSED = /\.(d\.[cm]?ts|map|md)$/;

const repository = fileURLToPath(new URL('../..', import.meta.url));
const target = process.argv[2];
if (!target) throw new Error('Expected the folder to copy to.');

let bytes = 0;
for (const [name, ...paths] of PARTS) {
  for (const path of paths) {
    const to = join(target, 'node_modules', name, path);
    await mkdir(dirname(to), { recursive: true });
    await cp(join(repository, 'node_modules', name, path), to, {
      recursive: true,
      filter: (file) => !IS_UNUSED.test(file),
    });
  }
}
for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
}
console.log(`${(bytes / 2 ** 20).toFixed(1)} MiB of dependencies`);
