import { createHash, type Hash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { type Label, labelsSchema, type Manifest, manifestSchema } from './manifest.ts';
import { parseJson } from './parse.ts';

/** A model from disk that has been checked: its manifest, its labels, and its graph with the right checksum. */
export interface ModelBundle {
  readonly manifest: Manifest;
  readonly labels: readonly Label[];
  readonly graph: ModelGraph;
}

/**
 * The bytes of a graph that holds its weights, or the path of one that refers to another file for them. A graph
 * that is loaded from bytes cannot refer to a file, so nothing is loaded without its checksum.
 */
export type ModelGraph =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'path'; readonly path: string };

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
  const labels = await readJson(directory, manifest.labels, labelsSchema);
  const classes = manifest.output.shape[1];
  if (labels.length !== classes) {
    throw new BundleError(
      `${join(directory, manifest.labels)}: expected ${classes} labels, the width of the model's output, got ${labels.length}`,
    );
  }
  return { manifest, labels, graph: await readGraph(directory, manifest) };
}

async function readGraph(directory: string, { file, sha256, weights }: Manifest): Promise<ModelGraph> {
  if (weights === undefined) {
    const bytes = await readBundleFile(directory, file);
    requireChecksum(join(directory, file), createHash('sha256').update(bytes), sha256);
    return { kind: 'bytes', bytes };
  }
  for (const part of [{ file, sha256 }, weights]) {
    requireChecksum(join(directory, part.file), hashBundleFile(directory, part.file), part.sha256);
  }
  return { kind: 'path', path: join(directory, file) };
}

function requireChecksum(path: string, hash: Hash, expected: string): void {
  const checksum = hash.digest('hex');
  if (checksum !== expected) throw new BundleError(`${path}: expected sha256 ${expected}, got ${checksum}`);
}

const PIECE_BYTES = 256 * 1024;

/**
 * Reads a file in pieces, because its bytes in one buffer would stay in the process's memory. Blocks the event
 * loop, as creating the session does for longer.
 */
function hashBundleFile(directory: string, name: string): Hash {
  const path = join(directory, name);
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
  return hash;
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
