import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { type Label, labelsSchema, type Manifest, manifestSchema } from './manifest.ts';
import { parseJson } from './parse.ts';

/** A model on disk that has been checked: its manifest, its labels, and files with the right checksums. */
export interface ModelBundle {
  readonly manifest: Manifest;
  readonly labels: readonly Label[];
  /**
   * The path of the graph. ONNX Runtime reads it itself, because its bytes in a buffer would stay in the process's
   * memory. A file with weights lies beside it.
   */
  readonly graphPath: string;
}

/** The file of a bundle that describes the others. */
export const MANIFEST = 'manifest.json';

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
  const manifest = await readManifest(directory);
  const labels = await readJson(directory, manifest.labels, labelsSchema);
  const classes = manifest.output.shape[1];
  if (labels.length !== classes) {
    throw new BundleError(
      `${join(directory, manifest.labels)}: expected ${classes} labels, the width of the model's output, got ${labels.length}`,
    );
  }
  const { weights, activationMaps } = manifest;
  for (const { file, sha256 } of [manifest, weights, activationMaps].filter((part) => part !== undefined)) {
    const path = join(directory, file);
    const checksum = sha256Of(path);
    if (checksum !== sha256) {
      throw new BundleError(
        `${path}: expected sha256 ${sha256}, got ${checksum}; see docs/troubleshooting.md#model-checksum`,
      );
    }
  }
  return { manifest, labels, graphPath: join(directory, manifest.file) };
}

/**
 * @param directory the folder that holds `manifest.json`.
 * @throws NoBundleError
 * @throws BundleError for a wrong or unknown field.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  if (existsSync(join(directory, MANIFEST))) return readJson(directory, MANIFEST, manifestSchema);
  throw new NoBundleError(
    `expected a folder with a model bundle, got ${directory} (no ${MANIFEST}); see docs/troubleshooting.md#no-model-in-the-folder`,
  );
}

const PIECE_BYTES = 256 * 1024;

/** Reads the file in pieces. Blocks the event loop, as creating the session does for longer. */
function sha256Of(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      for (let bytes = readSync(file, piece); bytes > 0; bytes = readSync(file, piece)) {
        hash.update(piece.subarray(0, bytes));
      }
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return hash.digest('hex');
}

async function readBundleFile(directory: string, name: string): Promise<Uint8Array> {
  const path = join(directory, name);
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): BundleError {
  const reason =
    (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : 'it cannot be read';
  return new BundleError(`${path}: expected a file of the model bundle, but ${reason}`, { cause });
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
