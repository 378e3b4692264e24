import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LONG_MS, runTool } from '../tools.ts';
import type { Component } from './component.ts';
import { addToCyclonedx, cyclonedxSchema } from './cyclonedx.ts';
import { debianPackages, requireDebianPackages } from './debian.ts';
import { addToSpdx, spdxSchema } from './spdx.ts';

export interface SbomFiles {
  /** SPDX 2.3 as JSON. */
  readonly spdx: string;
  /** CycloneDX as JSON. */
  readonly cyclonedx: string;
}

/**
 * Writes what is in an image, in two formats: what syft finds, and the components that it cannot find.
 *
 * @param archive as `docker save` writes it.
 * @throws Error if syft does not find the Debian packages of the image.
 */
export async function writeSbom(
  archive: string,
  { repository, digest }: { readonly repository: string; readonly digest: string },
  components: readonly Component[],
  folder: string,
): Promise<SbomFiles> {
  await mkdir(folder, { recursive: true });
  const spdx = join(folder, 'sbom.spdx.json');
  const cyclonedx = join(folder, 'sbom.cyclonedx.json');
  const args = [
    'scan',
    `docker-archive:${archive}`,
    '--quiet',
    '--source-name',
    repository,
    '--source-version',
    digest,
    '--output',
    `spdx-json@2.3=${spdx}`,
    '--output',
    `cyclonedx-json=${cyclonedx}`,
  ];
  await runTool('syft', args, {}, LONG_MS);
  const found = cyclonedxSchema.parse(JSON.parse(await readFile(cyclonedx, 'utf8')));
  requireDebianPackages(found, await debianPackages());
  await writeFile(cyclonedx, format(addToCyclonedx(found, components)));
  await writeFile(
    spdx,
    format(addToSpdx(spdxSchema.parse(JSON.parse(await readFile(spdx, 'utf8'))), components)),
  );
  return { spdx, cyclonedx };
}

const format = (document: unknown): string => `${JSON.stringify(document, undefined, 2)}\n`;
