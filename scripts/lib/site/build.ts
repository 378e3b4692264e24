import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { REPOSITORY } from '../paths.ts';
import { SITE, VITEPRESS } from './place.ts';

/**
 * Builds the site with VitePress.
 *
 * @throws Error with what VitePress said.
 */
export async function buildSite(): Promise<void> {
  const vitepress = spawn('node', [VITEPRESS, 'build', SITE], { cwd: REPOSITORY });
  const output = Promise.all([text(vitepress.stdout), text(vitepress.stderr)]);
  const [code] = await once(vitepress, 'exit');
  if (code !== 0) throw new Error(`VitePress ended with code ${code}.\n${(await output).join('\n')}`);
}
