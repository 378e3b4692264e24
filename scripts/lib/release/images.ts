import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export interface ReleasedImage {
  readonly architecture: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Paths of what belongs to it: SBOMs and signed statements. */
  readonly files: readonly string[];
}

const SBOM = 'sbom.cyclonedx.json';
const sbomSchema = z.object({
  metadata: z.object({ component: z.object({ version: z.string().regex(/^sha256:[0-9a-f]{64}$/) }) }),
});

/**
 * The images that main.yml has published for the commit, from its artifacts: a folder for each architecture, with the
 * files of `npm run image:push -- --sbom` and `npm run image:verify -- --save`.
 *
 * @returns none if there is no such folder, because nothing was published.
 * @throws Error if an SBOM is missing or does not name the digest of its image.
 */
export async function readImages(folder: string): Promise<ReleasedImage[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreMissing);
  const architectures = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    architectures
      .sort()
      .reverse()
      .map((name) => readImage(folder, name)),
  );
}

async function readImage(folder: string, architecture: string): Promise<ReleasedImage> {
  const path = join(folder, architecture, SBOM);
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new Error(`${path}: expected the SBOM of the image for ${architecture}, got no file`, { cause });
  });
  const { success, data } = sbomSchema.safeParse(JSON.parse(text));
  if (!success)
    throw new Error(`${path}: expected the digest of the image as metadata.component.version, got none`);
  const files = await readdir(join(folder, architecture));
  return {
    architecture,
    digest: data.metadata.component.version,
    files: files.sort().map((file) => join(folder, architecture, file)),
  };
}

/** Copies the files of all images into one folder, where their names begin with the architecture. */
export async function copyImageFiles(images: readonly ReleasedImage[], to: string): Promise<void> {
  for (const { architecture, files } of images) {
    for (const file of files) await copyFile(file, join(to, `${architecture}-${file.split('/').at(-1)}`));
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
