import { type Architecture, commitTag, PLATFORMS } from './architecture.ts';
import { REVISION } from './labels.ts';
import { parseImage } from './reference.ts';
import { logIn } from './registry/login.ts';
import { digestOf, readConfig } from './registry/read.ts';
import { runTool } from './tools.ts';

/**
 * Gives an image the tag of its commit, if it does not have it yet.
 *
 * @returns the tag.
 * @throws Error if the image is of another commit or architecture, or if the tag names another image.
 */
export async function tagImage(image: string, commit: string, architecture: Architecture): Promise<string> {
  const { host, repository, digest } = parseImage(image);
  using login = await logIn(host);
  const { architecture: platform, labels } = await readConfig(image, login);
  if (labels[REVISION] !== commit || platform !== PLATFORMS[architecture]) {
    throw new Error(
      `${image}: expected commit ${commit} for ${PLATFORMS[architecture]}, got ${labels[REVISION] ?? 'none'} for ${platform}`,
    );
  }
  const tag = commitTag(commit, architecture);
  const tagged = await digestOf(repository, tag, login);
  if (tagged === undefined) await runTool('crane', ['tag', image, tag], login.env);
  else if (tagged !== digest) {
    throw new Error(
      `${repository}:${tag}: expected ${digest}, got ${tagged}: a tag never moves; see docs/troubleshooting.md#a-tag-never-moves`,
    );
  }
  return tag;
}
