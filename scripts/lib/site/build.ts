import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { REPOSITORY } from '../paths.ts';
import { SITE, VITEPRESS } from './place.ts';

/**
 * Checks the types of the site's own code, and builds the site.
 *
 * @throws Error with what the compiler or VitePress said.
 */
export async function buildSite(): Promise<void> {
  await runQuietly('TypeScript', [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', SITE]);
  await runQuietly('VitePress', [VITEPRESS, 'build', SITE]);
}

/** Runs a program with Node.js. Both write some of their errors to standard output. */
async function runQuietly(name: string, args: readonly string[]): Promise<void> {
  const program = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(program.stdout), text(program.stderr)]);
  const [code] = await once(program, 'exit');
  if (code !== 0) throw new Error(`${name} ended with code ${code}.\n${(await output).join('\n').trim()}`);
}
