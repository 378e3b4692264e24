import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../../../../lambda/model/bundle.ts';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { sha256Of } from '../../system/files.ts';
import { loadBundlePredictor } from '../check/check.ts';
import { calibrationPhotos, quantize, requireQuantizable } from './quantize.ts';

/** Enough photos to see whether a quantized model is useless. */
const COMPARED = 50;

export interface Quantization {
  /** The folder of photos. */
  readonly calibration: string;
  /** Writes the new manifest of the bundle. */
  readonly write: (manifest: Manifest) => Promise<void>;
  /** Is told what takes long. */
  readonly onStep: (step: string) => void;
}

export interface QuantizedBundle {
  readonly manifest: Manifest;
  /** How often both graphs name the same class for the photos, in a sentence. */
  readonly agreement: string;
}

/**
 * Replaces the graph of a bundle with one in int8.
 *
 * @throws Error in one line
 */
export async function quantizeBundle(
  directory: string,
  manifest: Manifest,
  { calibration, write, onStep }: Quantization,
): Promise<QuantizedBundle> {
  requireQuantizable(manifest);
  const photos = await calibrationPhotos(calibration);
  const compared = photos.slice(0, COMPARED);
  const before = await topClasses(directory, compared);

  const { weights, ...rest } = manifest;
  const file = `${manifest.name}-int8.onnx`;
  const output = join(directory, file);
  await quantize(
    { graph: join(directory, manifest.file), manifest: join(directory, MANIFEST), calibration, output },
    onStep,
  );
  const quantized: Manifest = {
    ...rest,
    file,
    sha256: await sha256Of(output),
    precision: 'int8',
    provenance: {
      ...manifest.provenance,
      createdBy: `npm run model:import -- --int8, models/tools/quantize.py, ${photos.length} calibration photos`,
      fp32Sha256: manifest.sha256,
    },
  };
  await write(quantized);
  for (const replaced of [manifest.file, weights?.file]) {
    if (replaced !== undefined) await rm(join(directory, replaced));
  }

  const after = await topClasses(directory, compared);
  const same = after.filter((index, photo) => index === before[photo]).length;
  return {
    manifest: quantized,
    agreement: `The int8 model names the same class as the fp32 model for ${same} of ${compared.length} calibration photos.`,
  };
}

/** The index of the most probable class of each photo. */
async function topClasses(directory: string, photos: readonly string[]): Promise<number[]> {
  const { predict } = await loadBundlePredictor(directory);
  const classes: number[] = [];
  for (const photo of photos) {
    const [first] = await predict(await readFile(photo), 1);
    classes.push(first?.index ?? Number.NaN);
  }
  return classes;
}
