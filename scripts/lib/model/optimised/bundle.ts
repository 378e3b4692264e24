import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, manifestSchema } from '../../../../lambda/model/manifest.ts';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { ONNXRUNTIME_VERSION } from '../../../../lambda/model/session.ts';
import { writeFileAtomically } from '../../system/files.ts';
import { extendModel } from '../outputs/extend.ts';
import { withOutputFields } from './manifest-text.ts';
import { requirePortable } from './operators.ts';
import { optimise } from './optimise.ts';

/** A file of a bundle. */
interface WantedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** @returns the files of the bundle that the installed ONNX Runtime and these tools did not make. */
export async function findOutdated(directory: string): Promise<string[]> {
  const { files } = await make(directory);
  const found = await Promise.all(files.map(({ path }) => readFile(path).catch(() => undefined)));
  return files.flatMap(({ path, content }, index) => {
    const current = found[index];
    return current && Buffer.compare(current, content) === 0 ? [] : [path];
  });
}

/**
 * Optimises the source of a bundle, gives the result the outputs for embeddings and class activation maps, and writes
 * the graphs and what the manifest says of them.
 *
 * @returns why the bundle has no class activation maps, if it has none.
 */
export async function optimiseBundle(directory: string): Promise<string | undefined> {
  const { files, reason } = await make(directory);
  // The manifest is the last.
  for (const { path, content } of files) await writeFileAtomically(path, content);
  return reason;
}

async function make(
  directory: string,
): Promise<{ readonly files: readonly WantedFile[]; readonly reason?: string }> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8');
  const manifest = parseJson(manifestSchema, text, path);
  if (manifest.optimised === undefined) {
    throw new Error(`${path}: expected a field "optimised", which names the graph to optimise`);
  }
  const graph = join(directory, manifest.file);
  const optimised = await optimise(join(directory, manifest.optimised.from));
  requirePortable(optimised, graph);
  const extended = await extendModel({
    ...manifest,
    model: optimised,
    folder: directory,
    isOptimised: true,
    fileOf: () => manifest.file,
    mapsFileOf: () => `${manifest.name}-maps.onnx`,
  });
  const hasTail = 'graph' in extended;
  const content = hasTail ? extended.graph.bytes : optimised;
  const updated = withOutputFields(
    updatedText(text, manifest, manifest.optimised, content),
    hasTail ? extended : {},
  );
  return {
    files: [
      { path: graph, content },
      ...(hasTail ? [{ path: join(directory, extended.maps.file), content: extended.maps.bytes }] : []),
      { path, content: Buffer.from(updated) },
    ],
    ...(hasTail ? {} : extended),
  };
}

/** Replaces two values in the text, so that it keeps its layout. */
function updatedText(
  text: string,
  { sha256 }: Manifest,
  { onnxruntime }: NonNullable<Manifest['optimised']>,
  graph: Uint8Array,
): string {
  return text
    .replace(`"${sha256}"`, `"${createHash('sha256').update(graph).digest('hex')}"`)
    .replace(`"onnxruntime": "${onnxruntime}"`, `"onnxruntime": "${ONNXRUNTIME_VERSION}"`);
}
