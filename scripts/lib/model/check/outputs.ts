import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { topK } from '../../../../lambda/model/scores.ts';
import type { ImageValues } from '../../../../lambda/model/session.ts';
import { createImageTensor } from '../../../../lambda/prediction/tensor/tensor.ts';
import { reasonOf } from '../import/graph/session.ts';
import { readGraph } from '../onnx/graph.ts';
import { findTail } from '../outputs/tail/tail.ts';
import { runMaps, runModel } from '../outputs/trial.ts';
import { type Verified, verifyTail } from '../outputs/verify.ts';

/** How many classes have their maps compared with their scores. */
const COMPARED = 5;

/** Undefined if the manifest describes no class activation maps. */
export type CheckedOutputs =
  | (Verified & { readonly classes: number })
  | { readonly unknown: string }
  | undefined;

/**
 * Runs a model and its maps graph on a photo, and compares shapes with the manifest, and maps with scores.
 *
 * @returns how far the maps are from the scores, or why that is unknown.
 * @throws Error in one line for a bundle whose maps are wrong.
 */
export async function checkOutputs(
  directory: string,
  manifest: Manifest,
  photo: string,
): Promise<CheckedOutputs> {
  const { file, input, output, embedding, activationMaps, optimised } = manifest;
  if (!activationMaps) return undefined;
  const wrong = (what: string, cause?: unknown) => new Error(`${file}: ${what}`, { cause });
  const failed = (cause: Error): never => {
    throw wrong(`expected class activation maps, but ONNX Runtime says: ${reasonOf(cause)}`, cause);
  };

  const count = input.shape[0] ?? 1;
  const outputs = {
    scores: output.name,
    features: activationMaps.features.name,
    ...(embedding && { embedding: embedding.name }),
  };
  const found = await runModel(
    join(directory, file),
    { input, outputs, isOptimised: optimised !== undefined },
    await tensorOf(photo, manifest, count),
    count,
  ).catch(failed);
  const classes = topK(found.scores, Math.min(COMPARED, found.scores.length));
  const [, ...sizes] = activationMaps.features.shape;
  requireShape(wrong, outputs.features, found.shapes.features, [count, ...sizes]);
  if (embedding) requireShape(wrong, embedding.name, found.shapes.embedding, [count, embedding.shape[1]]);

  const made = await runMaps(join(directory, activationMaps.file), found.features, sizes, classes).catch(
    failed,
  );
  const { rows, columns } = activationMaps;
  requireShape(wrong, 'maps', made.shape, [classes.length, rows, columns]);

  const tail = findTail(readGraph(await readFile(join(directory, file)), directory), output.name);
  if ('reason' in tail) return { unknown: tail.reason };
  if (tail.features.name !== outputs.features || tail.embedding.name !== embedding?.name) {
    return { unknown: `expected the outputs ${tail.features.name} and ${tail.embedding.name}` };
  }
  const verified = verifyTail(tail, { ...found, maps: made.maps, classes });
  if (typeof verified === 'string') throw wrong(verified);
  return { ...verified, classes: classes.length };
}

/** The photo as the first image of a batch. The others are zeros. */
async function tensorOf(photo: string, manifest: Manifest, count: number): Promise<ImageValues> {
  const { crop } = manifest.preprocessing;
  const pixels = await sharp(photo)
    .autoOrient()
    .resize(crop, crop)
    .flatten()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  const tensor = createImageTensor(manifest, count);
  tensor.write({ pixels, channels: 3 }, 0);
  return tensor.first(count);
}

function requireShape(
  wrong: (what: string) => Error,
  name: string,
  found: readonly number[],
  expected: readonly number[],
): void {
  if (found.join() !== expected.join()) {
    throw wrong(`expected ${name} to be [${expected.join(', ')}], got [${found.join(', ')}]`);
  }
}
