import { join } from 'node:path';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { writeFileAtomically } from '../../system/files.ts';
import type { Extended } from './extend.ts';
import type { MissingTail } from './tail/tail.ts';

type Stored = Pick<Manifest, 'file' | 'sha256'>;

/**
 * Writes the files of an extended model into its bundle.
 *
 * @param model the file that the bundle keeps, if the model was not extended.
 * @returns what the manifest says of them.
 */
export async function writeExtended(
  directory: string,
  { file, sha256 }: Stored,
  extended: Extended | MissingTail,
): Promise<Stored & { readonly fields: Pick<Manifest, 'embedding' | 'activationMaps'> }> {
  if ('reason' in extended) return { file, sha256, fields: {} };
  const { graph, maps, embedding, activationMaps } = extended;
  for (const written of [graph, maps])
    await writeFileAtomically(join(directory, written.file), written.bytes);
  return { file: graph.file, sha256: graph.sha256, fields: { embedding, activationMaps } };
}
