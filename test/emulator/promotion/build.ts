import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from '../../../scripts/lib/docker/docker.ts';
import { MODELS, REVISION } from '../../../scripts/lib/supply/labels.ts';
import { stackOutput } from '../support.ts';

export interface Build {
  /** The name of the image for the Docker engine. */
  readonly name: string;
  readonly commit: string;
  /** Contents of files in the image, by their paths in its working directory. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Builds an image of a commit: the layers of the deployed one, with other files. It takes a second. */
export async function build({ name, commit, files = {} }: Build): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'build-'));
  try {
    const copies = await Promise.all(
      Object.entries(files).map(async ([path, content], index) => {
        await writeFile(join(folder, String(index)), content);
        return `COPY ${index} ${path}`;
      }),
    );
    const labels = `LABEL ${REVISION}=${commit} ${MODELS}=resnet50`;
    await writeFile(
      join(folder, 'Dockerfile'),
      [`FROM ${stackOutput('ImageUri')}`, ...copies, labels].join('\n'),
    );
    await docker('build', '--quiet', '--tag', name, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
