import { createHash } from 'node:crypto';
import { constants, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivationMaps, Manifest, ModelEmbedding } from '../../../../lambda/model/manifest.ts';
import { topK } from '../../../../lambda/model/scores.ts';
import { reasonOf } from '../import/graph/session.ts';
import { noise } from '../import/graph/trial.ts';
import { readFacts } from '../onnx/facts.ts';
import { readGraph } from '../onnx/graph.ts';
import { mapsGraph } from './maps-graph.ts';
import { placeOf } from './place.ts';
import { shapesOf } from './shapes.ts';
import type { Activation } from './tail/activation.ts';
import { NoTail } from './tail/no-tail.ts';
import { findTail, type MissingTail, type Tail } from './tail/tail.ts';
import { type ModelRun, runMaps, runModel } from './trial.ts';
import { verifyTail } from './verify.ts';
import { withOutputs } from './with-outputs.ts';

/** A model of a bundle. */
export interface ExtendRequest extends Pick<Manifest, 'input' | 'output'> {
  readonly model: Uint8Array;
  /** The folder with the files that the model's tensors are in. */
  readonly folder: string;
  /** Whether ONNX Runtime has optimised the graph, which is then used as it is. */
  readonly isOptimised: boolean;
  /** @returns the name of the model's file in the bundle. */
  readonly fileOf: (sha256: string) => string;
  /** @returns the name of the file of the maps graph. */
  readonly mapsFileOf: (sha256: string) => string;
}

/** What a bundle gets. */
export interface Extended {
  /** The model with two more outputs. */
  readonly graph: { readonly file: string; readonly sha256: string; readonly bytes: Buffer };
  readonly maps: { readonly file: string; readonly bytes: Buffer };
  /** For the manifest. */
  readonly embedding: ModelEmbedding;
  readonly activationMaps: ActivationMaps;
}

const COMPARED = 5;

/**
 * Gives a model its embedding and its feature maps as outputs, and makes the graph for its class activation maps. It
 * runs both on noise, and compares the maps with the scores.
 *
 * @returns why it cannot, if the model ends in another way.
 */
export async function extendModel(request: ExtendRequest): Promise<Extended | MissingTail> {
  const work = await mkdtemp(join(tmpdir(), 'outputs-'));
  try {
    return await extendIn(work, request);
  } catch (error) {
    if (error instanceof NoTail) return { reason: error.message };
    throw error;
  } finally {
    await rm(work, { recursive: true });
  }
}

async function extendIn(work: string, request: ExtendRequest): Promise<Extended | MissingTail> {
  const { model, folder, output } = request;
  const tail = findTail(readGraph(model, folder), output.name);
  if ('reason' in tail) return tail;
  for (const file of readFacts(model).dataFiles) {
    await copyFile(join(folder, file), join(work, file), constants.COPYFILE_FICLONE);
  }
  const found = await tried(work, () => runOnNoise(work, request, tail));
  const { embedding, features, rows, columns } = shapesOf(tail, found, output);
  const batch = output.shape[0] ?? (found.batch || 'batch');
  const bytes = withOutputs(request, tail, {
    features: [batch, ...features],
    embedding: [batch, ...embedding],
  });
  const sha256 = sha256Of(bytes);
  const file = request.fileOf(sha256);

  const maps = Buffer.concat(mapsGraph({ tail, weights: placeOf(bytes, file, tail.weights), rows, columns }));
  const mapsSha256 = sha256Of(maps);
  const mapsFile = request.mapsFileOf(mapsSha256);
  await writeFile(join(work, file), bytes);
  await writeFile(join(work, mapsFile), maps);
  const classes = topK(found.scores, Math.min(COMPARED, found.scores.length));
  const made = await tried(work, () => runMaps(join(work, mapsFile), found.features, features, classes));
  const verified = verifyTail(tail, { ...found, maps: made.maps, classes });
  if (typeof verified === 'string') return { reason: verified };
  return {
    graph: { file, sha256, bytes },
    maps: { file: mapsFile, bytes: maps },
    embedding: embeddingOf(tail.embedding, [output.shape[0], ...embedding]),
    activationMaps: {
      features: {
        name: tail.features.name,
        dtype: tail.features.dtype,
        shape: [output.shape[0], ...features],
      },
      file: mapsFile,
      sha256: mapsSha256,
      rows,
      columns,
    },
  };
}

async function runOnNoise(work: string, request: ExtendRequest, tail: Tail): Promise<ModelRun> {
  const { input, output, isOptimised } = request;
  const path = join(work, 'trial.onnx');
  await writeFile(path, withOutputs(request, tail));
  const outputs = { scores: output.name, features: tail.features.name, embedding: tail.embedding.name };
  const count = input.shape[0] ?? 1;
  return runModel(path, { input, outputs, isOptimised }, noise(input, count, 1), count);
}

/** The model works without its outputs, so a failure is a reason to leave them out. */
async function tried<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const reason = reasonOf({ message: (cause as Error).message.replaceAll(join(folder, '/'), '') });
    throw new NoTail(`ONNX Runtime cannot run the graph with more outputs: ${reason}`, { cause });
  }
}

/** With its fields in the order of the manifest. */
const embeddingOf = (
  { name, dtype, quantization }: Activation,
  shape: ModelEmbedding['shape'],
): ModelEmbedding => (dtype === 'uint8' ? { name, dtype, shape, quantization } : { name, dtype, shape });

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
