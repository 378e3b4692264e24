import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { writeFileAtomically } from '../../system/files.ts';
import { describeOutputs } from './describe.ts';
import { type ExtendRequest, extendModel } from './extend.ts';

export interface ExtendedBundle {
  /** For the manifest. The two optional ones are missing if the model ends in another way. */
  readonly fields: Pick<Manifest, 'file' | 'sha256' | 'embedding' | 'activationMaps'>;
  /** Whether the model has an embedding and class activation maps, in a sentence. */
  readonly description: string;
}

/**
 * Gives the model of a bundle its embedding and its class activation maps, if it can, and writes the files.
 *
 * @param model the file that ONNX Runtime optimises when it loads it.
 */
export async function extendBundle(
  directory: string,
  model: Pick<Manifest, 'file' | 'sha256' | 'input' | 'output'>,
  names: Pick<ExtendRequest, 'fileOf' | 'mapsFileOf'>,
): Promise<ExtendedBundle> {
  const { file, sha256, input, output } = model;
  const extended = await extendModel({
    model: await readFile(join(directory, file)),
    folder: directory,
    isOptimised: false,
    input,
    output,
    ...names,
  });
  const description = describeOutputs(extended);
  if ('reason' in extended) return { fields: { file, sha256 }, description };
  const { graph, maps, embedding, activationMaps } = extended;
  for (const written of [graph, maps])
    await writeFileAtomically(join(directory, written.file), written.bytes);
  return { fields: { file: graph.file, sha256: graph.sha256, embedding, activationMaps }, description };
}
