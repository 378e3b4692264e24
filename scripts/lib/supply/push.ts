import { randomUUID } from 'node:crypto';
import type { Architecture } from './architecture.ts';
import { publishedDigest } from './find.ts';
import { hostOf, type ImageReference, parseImage } from './reference.ts';
import { logIn } from './registry/login.ts';
import { LONG_MS, runTool } from './tools.ts';

/**
 * Pushes an image under a temporary tag. Only its commit's tag says that it is complete.
 *
 * @param archive as `docker save` writes it. It has one platform, even if Docker keeps an index.
 * @param to `HOST/REPOSITORY`
 */
export async function pushArchive(archive: string, to: string): Promise<ImageReference> {
  using login = await logIn(hostOf(to));
  const pushed = await runTool('crane', ['push', archive, `${to}:build-${randomUUID()}`], login.env, LONG_MS);
  return parseImage(pushed);
}

export interface Push {
  /** As `docker save` writes it. */
  readonly archive: string;
  /** `HOST/REPOSITORY` */
  readonly to: string;
  /** What the label of the image says. */
  readonly commit: string;
  readonly architecture: Architecture;
}

/**
 * Pushes an image under a temporary tag. If an image of its commit is published already, as in a workflow that runs again,
 * takes that one instead, because what was deployed is not built again: the archive then has that image.
 *
 * @returns the image, and whether it was pushed.
 */
export async function pushOnce({ archive, to, commit, architecture }: Push) {
  const digest = await publishedDigest({ repository: to, commit, architecture });
  if (digest === undefined) return { ...(await pushArchive(archive, to)), isNew: true };
  const published = parseImage(`${to}@${digest}`);
  using login = await logIn(published.host);
  await runTool('crane', ['pull', published.image, archive], login.env, LONG_MS);
  return { ...published, isNew: false };
}
