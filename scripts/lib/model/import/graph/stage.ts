import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../../../../lambda/model/manifest.ts';
import { sha256Of } from '../../../system/files.ts';
import { type OnnxFacts, readFacts } from '../../onnx/facts.ts';
import { copyDataFile } from './data-files.ts';
import { type FitRequest, type FittedGraph, fitGraph } from './fit.ts';

export interface GraphRequest extends Pick<FitRequest, 'output' | 'chooseSide'> {
  /** Path of the ONNX file. */
  readonly source: string;
}

export type StagedGraph = Pick<Manifest, 'file' | 'sha256' | 'precision' | 'input' | 'output'> &
  Partial<Pick<Manifest, 'weights'>> &
  Pick<FittedGraph, 'notes'>;

/**
 * Puts a graph and the file with its weights into the folder of a bundle.
 *
 * @param name of the model.
 * @returns what the manifest says of them.
 * @throws Error in one line for a model that the service cannot run.
 */
export async function stageGraph(
  staged: string,
  name: string,
  { source, output, chooseSide }: GraphRequest,
): Promise<StagedGraph> {
  const { model, facts } = await readModel(source);
  const weights = await copyDataFile(facts.dataFiles, source, staged);
  // The graph refers to its weights by the name of their file, so that name is taken.
  const file = weights?.file === `${name}.onnx` ? `${name}-graph.onnx` : `${name}.onnx`;
  const path = join(staged, file);
  const fitted = await fitGraph({ model, path, shown: source, output, chooseSide });
  return {
    file,
    sha256: await sha256Of(path),
    ...(weights ? { weights } : {}),
    precision: facts.precision,
    ...fitted,
  };
}

async function readModel(path: string): Promise<{ readonly model: Uint8Array; readonly facts: OnnxFacts }> {
  const model = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path}: expected an ONNX file, but it cannot be read (${cause.code})`, { cause });
  });
  try {
    return { model, facts: readFacts(model) };
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
