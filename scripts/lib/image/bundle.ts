import { build, type Metafile } from 'esbuild';
import { REPOSITORY } from '../paths.ts';

/**
 * The entries of the image, each line a bundle without a common chunk: the service never loads the AWS SDK, which the
 * functions that look after its deployment need, and the image's entrypoint asks for the processors before it loads
 * anything.
 */
export const BUNDLES: readonly (readonly string[])[] = [
  ['lambda/index.ts', 'lambda/server.ts'],
  ['lambda/pre-traffic.ts', 'lambda/post-traffic.ts', 'lambda/probe.ts'],
  ['lambda/config/available-cpus.ts'],
];

/**
 * Bundles entries into the folder `out`.
 *
 * @param options.write whether to write the files, or only to find out what they are made of.
 * @returns what esbuild knows about inputs and outputs, by paths from the repository's root.
 */
export async function bundle(
  entryPoints: readonly string[],
  { out, write }: { readonly out: string; readonly write: boolean },
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [...entryPoints],
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write,
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
  return metafile;
}
