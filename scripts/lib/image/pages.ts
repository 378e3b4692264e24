import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The folders of the modules that `page.js` imports. */
export const MODULE_FOLDERS: readonly string[] = ['app', 'snippets'];

/**
 * Copies the files of the pages. The main page gets one script instead of its many modules: on Lambda, each request
 * is an invocation, and counts against the limit of the open methods.
 */
export async function copyPages(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  await build({
    entryPoints: [join(from, 'page.js')],
    outfile: join(to, 'page.js'),
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    target: 'es2023',
    minify: true,
  });
  for (const folder of MODULE_FOLDERS) await rm(join(to, folder), { recursive: true });
}
