import { cp, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the entries into dist/, beside the files of the pages, for an image that carries no sources. The service and the
 * functions that look after its deployment are two bundles without a common chunk: the service never loads the AWS SDK.
 */
const SERVICE = ['lambda/index.ts', 'lambda/local.ts'];
const OPERATIONS = ['lambda/pre-traffic.ts', 'lambda/post-traffic.ts', 'lambda/probe.ts'];

const repository = fileURLToPath(new URL('..', import.meta.url));
const out = `${repository}dist`;

/** @returns the files that it wrote, from the repository's root. */
async function bundle(entryPoints: string[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints,
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
    // Enough to find the line of a stack trace in the repository, at a fraction of the size.
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // Native addons and files that are served as they are cannot be part of a bundle.
    external: ['@napi-rs/image', 'onnxruntime-node', 'sharp', 'swagger-ui-dist'],
    // Dependencies in CommonJS ask for Node's modules by `require`, which a module does not have.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return Object.keys(metafile.outputs);
}

await rm(out, { recursive: true, force: true });
const written = [...(await bundle(SERVICE)), ...(await bundle(OPERATIONS))];
await cp(`${repository}lambda/http/page`, `${out}/page`, { recursive: true });

for (const file of written.filter((name) => name.endsWith('.mjs'))) {
  const { size } = await stat(`${repository}${file}`);
  console.log(`${file} ${(size / 1024).toFixed(0)} KiB`);
}
