import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { docker } from '../../../scripts/lib/docker/docker.ts';
import { MODELS, REVISION } from '../../../scripts/lib/supply/labels.ts';
import { runTool } from '../../../scripts/lib/supply/tools.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { stackOutput } from '../support.ts';

const { address } = inject('deployment');
const WORKING_DIRECTORY = 'var/task';

const labelsOf = (commit: string) => ({ [REVISION]: commit, [MODELS]: 'resnet50' });

/** Builds an image of a commit from the one that is deployed. It has the same files. @param name for the Docker engine */
export async function build(name: string, commit: string): Promise<void> {
  const labels = Object.entries(labelsOf(commit)).map(([label, value]) => `LABEL ${label}=${value}`);
  const folder = await mkdtemp(join(tmpdir(), 'build-'));
  try {
    await writeFile(join(folder, 'Dockerfile'), [`FROM ${stackOutput('ImageUri')}`, ...labels].join('\n'));
    await docker('build', '--quiet', '--tag', name, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Derived {
  /** `HOST/REPOSITORY:TAG` */
  readonly to: string;
  readonly commit: string;
  /** What the image is made from. @default the one that is deployed */
  readonly from?: string;
  /** Contents of files, by their paths below the working directory of the image. */
  readonly files?: Readonly<Record<string, string>>;
  /** Another label, which makes another image. */
  readonly build?: string;
}

/** Makes an image in the registry from one that is there already, faster than a build. @returns its digest */
export async function derive({ to, commit, from = deployed(), files = {}, build: id = '1' }: Derived) {
  const folder = await mkdtemp(join(tmpdir(), 'layer-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, WORKING_DIRECTORY, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    const layer = join(folder, 'layer.tar');
    const isChanged = Object.keys(files).length > 0;
    if (isChanged) await run('tar', ['-C', folder, '-cf', layer, WORKING_DIRECTORY]);
    const labels = Object.entries({ ...labelsOf(commit), build: id }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const changes = [
      ...labels.flatMap((label) => ['--label', label]),
      ...(isChanged ? ['--append', layer] : []),
    ];
    const made = await runTool('crane', ['mutate', from, ...changes, '--tag', to]);
    return made.slice(made.indexOf('@') + 1);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As the tools find it without the proxy. */
const deployed = (): string => `${address}/${stackOutput('ImageUri').replace(/^[^/]*\//, '')}`;
