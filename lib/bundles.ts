import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type ModelIdentity, manifestSchema } from '../lambda/model/manifest.ts';

const REPOSITORY = fileURLToPath(new URL('../models', import.meta.url));

const { name, version } = manifestSchema.shape;
const identitySchema = z.object({ name, version });

/**
 * The name and the version in the manifest of a model bundle.
 *
 * @param folder its name in the repository of models.
 * @returns undefined if there is no such folder, or none with a readable manifest.
 */
export function bundleIdentity(folder: string, repository = REPOSITORY): ModelIdentity | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(repository, folder, 'manifest.json'), 'utf8'));
    return identitySchema.safeParse(manifest).data;
  } catch {
    return undefined;
  }
}
