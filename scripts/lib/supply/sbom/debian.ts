import { readFile } from 'node:fs/promises';
import { REPOSITORY } from '../../paths.ts';
import type { CyclonedxDocument } from './cyclonedx.ts';

/** The packages of Debian that scripts/image/system.sh puts into the image. */
export async function debianPackages(): Promise<readonly string[]> {
  const script = await readFile(`${REPOSITORY}scripts/image/system.sh`, 'utf8');
  const names = /^packages='([^']+)'$/m.exec(script)?.[1]?.split(' ');
  if (!names) throw new Error("scripts/image/system.sh: expected packages='…', got none");
  return names;
}

/** @throws Error if a document of syft lacks packages: then syft has not read the image as it is. */
export function requireDebianPackages({ components }: CyclonedxDocument, names: readonly string[]): void {
  const missing = names.filter(
    (name) => !components.some(({ purl }) => purl?.startsWith(`pkg:deb/debian/${encodeURIComponent(name)}@`)),
  );
  if (missing.length > 0) {
    throw new Error(
      `expected syft to find the Debian packages ${names.join(', ')}, got none of ${missing.join(', ')}`,
    );
  }
}
