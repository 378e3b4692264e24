import { randomUUID } from 'node:crypto';
import { hostOf, type ImageReference, parseImage } from './reference.ts';
import { logIn } from './registry/login.ts';
import { runTool } from './tools.ts';

/**
 * Pushes an image under a temporary tag. Only its commit's tag says that it is complete.
 *
 * @param archive as `docker save` writes it. It has one platform, also if Docker keeps an index.
 * @param to `HOST/REPOSITORY`
 */
export async function pushArchive(archive: string, to: string): Promise<ImageReference> {
  using login = await logIn(hostOf(to));
  const pushed = await runTool('crane', ['push', archive, `${to}:build-${randomUUID()}`], login.env);
  return parseImage(pushed);
}
