import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { type Label, labelsSchema, type Manifest, manifestSchema } from './manifest.ts';
import { parseJson } from './parse.ts';

/**
 * A model from disk that has been checked: its manifest, its labels, and its bytes with the right checksum.
 */
export interface ModelBundle {
  readonly manifest: Manifest;
  readonly labels: readonly Label[];
  readonly model: Uint8Array;
}

/** The service must not start with this bundle. The message is one line that names the file and the field. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** The folder has no `manifest.json`: it is probably the wrong one. */
export class NoBundleError extends BundleError {}

/**
 * @param directory the folder that holds `manifest.json`.
 * @throws NoBundleError
 * @throws BundleError for a missing file, a wrong or unknown field, a wrong checksum, or a number of labels
 *   that is not the width of the model's output.
 */
export async function loadBundle(directory: string): Promise<ModelBundle> {
  if (!existsSync(join(directory, 'manifest.json'))) {
    throw new NoBundleError(`expected a folder with a model bundle, got ${directory} (no manifest.json)`);
  }
  const manifest = await readJson(directory, 'manifest.json', manifestSchema);
  const [labels, model] = await Promise.all([
    readJson(directory, manifest.labels, labelsSchema),
    readBundleFile(directory, manifest.file),
  ]);
  const classes = manifest.output.shape[1];
  if (labels.length !== classes) {
    throw new BundleError(
      `${join(directory, manifest.labels)}: expected ${classes} labels, the width of the model's output, got ${labels.length}`,
    );
  }
  const checksum = createHash('sha256').update(model).digest('hex');
  if (checksum !== manifest.sha256) {
    throw new BundleError(
      `${join(directory, manifest.file)}: expected sha256 ${manifest.sha256}, got ${checksum}`,
    );
  }
  return { manifest, labels, model };
}

async function readBundleFile(directory: string, name: string): Promise<Uint8Array> {
  const path = join(directory, name);
  try {
    return await readFile(path);
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : 'it cannot be read';
    throw new BundleError(`${path}: expected a file of the model bundle, but ${reason}`, { cause });
  }
}

async function readJson<Schema extends z.ZodType>(
  directory: string,
  name: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = Buffer.from(await readBundleFile(directory, name)).toString('utf8');
  try {
    return parseJson(schema, text, join(directory, name));
  } catch (cause) {
    throw new BundleError((cause as Error).message, { cause });
  }
}
