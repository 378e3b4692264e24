import { cp, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the two entries into dist/, beside the files of the pages, for an image that carries no sources. */
const repository = fileURLToPath(new URL('..', import.meta.url));
const out = `${repository}dist`;

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: repository,
  entryPoints: ['lambda/index.ts', 'lambda/local.ts'],
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  metafile: true,
  // Native addons and files that are served as they are cannot be part of a bundle.
  external: ['@napi-rs/image', 'onnxruntime-node', 'sharp', 'swagger-ui-dist'],
  // Dependencies in CommonJS ask for Node's modules by `require`, which a module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
await cp(`${repository}lambda/http/page`, `${out}/page`, { recursive: true });

for (const file of Object.keys(metafile.outputs).filter((name) => name.endsWith('.mjs'))) {
  const { size } = await stat(`${repository}${file}`);
  console.log(`${file} ${(size / 1024).toFixed(0)} KiB`);
}
