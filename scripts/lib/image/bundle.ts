import { build, type Metafile, type Plugin } from 'esbuild';
import { REPOSITORY } from '../paths.ts';

/**
 * The entries of the image. Each line is bundled separately and shares no chunks with the others: the service
 * must not load jose, which checks tokens, and loads the AWS SDK, which most functions need, only for uploads and
 * jobs. The entrypoint counts the CPUs before it loads anything else.
 */
export const BUNDLES: readonly (readonly string[])[] = [
  ['lambda/index.ts', 'lambda/server.ts'],
  [
    'lambda/pre-traffic.ts',
    'lambda/canary-traffic.ts',
    'lambda/post-traffic.ts',
    'lambda/probe.ts',
    'lambda/quality-watch.ts',
  ],
  ['lambda/job-worker.ts', 'lambda/job-steps.ts', 'lambda/job-webhook.ts'],
  ['lambda/authorizer.ts'],
  ['lambda/config/available-cpus.ts'],
];

/** zod exports its messages in all languages. English is its default, and the service sets no other. */
const ENGLISH_MESSAGES: Plugin = {
  name: 'messages of zod in English only',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * Bundles entries into the folder `out`.
 *
 * @param options.write whether to write the files, or only to find out what they contain.
 * @returns esbuild's list of inputs and outputs, by their paths in the repository.
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
    // Enough to find the line of a stack trace in the repository, and much smaller than with the sources.
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    plugins: [ENGLISH_MESSAGES],
    // Native addons and static files cannot be part of a bundle.
    external: ['@napi-rs/image', 'onnxruntime-node', 'sharp', 'swagger-ui-dist'],
    // Dependencies in CommonJS call `require` for Node's modules, which an ES module does not have.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return metafile;
}
