import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, manifestSchema } from '../../../../lambda/model/manifest.ts';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { ONNXRUNTIME_VERSION } from '../../../../lambda/model/session.ts';
import { writeFileAtomically } from '../../system/files.ts';
import { requirePortable } from './operators.ts';
import { optimise } from './optimise.ts';

/** What a bundle has, and what the installed ONNX Runtime makes of its source. */
interface Comparison {
  readonly graph: {
    readonly path: string;
    readonly found: Uint8Array | undefined;
    readonly wanted: Uint8Array;
  };
  readonly manifest: { readonly path: string; readonly found: string; readonly wanted: string };
}

/** @returns the files of the bundle that the installed ONNX Runtime did not make. */
export async function findOutdated(directory: string): Promise<string[]> {
  const { graph, manifest } = await compare(directory);
  return [
    ...(graph.found && Buffer.compare(graph.found, graph.wanted) === 0 ? [] : [graph.path]),
    ...(manifest.found === manifest.wanted ? [] : [manifest.path]),
  ];
}

/** Optimises the source of a bundle, and writes the graph and what the manifest says of it. */
export async function optimiseBundle(directory: string): Promise<void> {
  const { graph, manifest } = await compare(directory);
  await writeFileAtomically(graph.path, graph.wanted);
  await writeFileAtomically(manifest.path, manifest.wanted);
}

async function compare(directory: string): Promise<Comparison> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8');
  const manifest = parseJson(manifestSchema, text, path);
  if (manifest.optimised === undefined) {
    throw new Error(`${path}: expected a field "optimised", which names the graph to optimise`);
  }
  const graph = join(directory, manifest.file);
  const wanted = await optimise(join(directory, manifest.optimised.from));
  requirePortable(wanted, graph);
  return {
    graph: { path: graph, found: await readFile(graph).catch(() => undefined), wanted },
    manifest: { path, found: text, wanted: updated(text, manifest, manifest.optimised, wanted) },
  };
}

/** Replaces two values in the text, so that it keeps its layout. */
function updated(
  text: string,
  { sha256 }: Manifest,
  { onnxruntime }: NonNullable<Manifest['optimised']>,
  graph: Uint8Array,
): string {
  return text
    .replace(`"${sha256}"`, `"${createHash('sha256').update(graph).digest('hex')}"`)
    .replace(`"onnxruntime": "${onnxruntime}"`, `"onnxruntime": "${ONNXRUNTIME_VERSION}"`);
}
