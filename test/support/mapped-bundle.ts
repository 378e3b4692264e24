import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivationMaps, Manifest } from '../../lambda/model/manifest.ts';
import { labels, manifest, readRepositoryFile, repositoryPath } from './model.ts';

/** Where the graphs are. Their README.md describes them. */
export const MAPPED_MODELS = repositoryPath('test/fixtures/models/tiny');
export const CLASSES = 10;

const MAPS_FILES = { float32: 'tiny-maps.onnx', uint8: 'tiny-maps-uint8.onnx' } as const;
const sha256Of = (file: string) =>
  createHash('sha256')
    .update(readRepositoryFile(`test/fixtures/models/tiny/${file}`))
    .digest('hex');

export interface MappedManifest extends Manifest {
  readonly embedding: NonNullable<Manifest['embedding']>;
  readonly activationMaps: ActivationMaps;
}

/**
 * A model that takes 8 x 8 pixels and has an embedding of 4 values and maps of 2 x 4 values.
 *
 * @param dtype of the embedding and the features. The model with float32 takes any batch, the other one image.
 */
export function mappedManifest(dtype: 'float32' | 'uint8'): MappedManifest {
  const [file, batch] =
    dtype === 'float32'
      ? (['tiny-features.onnx', null] as const)
      : (['tiny-features-uint8.onnx', 1] as const);
  return {
    ...manifest,
    file,
    sha256: sha256Of(file),
    input: { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [batch, 3, 8, 8] },
    output: { name: 'logits', dtype: 'float32', shape: [batch, CLASSES], kind: 'logits' },
    embedding: {
      name: 'embedding',
      shape: [batch, 4],
      ...(dtype === 'float32' ? { dtype } : { dtype, quantization: { scale: 1 / 128, zeroPoint: 5 } }),
    },
    activationMaps: {
      features: { name: 'features', dtype, shape: [batch, 4, 2, 4] },
      file: MAPS_FILES[dtype],
      sha256: sha256Of(MAPS_FILES[dtype]),
      rows: 2,
      columns: 4,
    },
    preprocessing: {
      ...manifest.preprocessing,
      resize: { shortSide: 8, interpolation: 'bilinear', antialias: true },
      crop: 8,
    },
  };
}

/** Writes the bundle of a manifest to a folder. */
export async function writeMappedBundle(folder: string, mapped: MappedManifest): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of [mapped.file, mapped.activationMaps.file])
    await cp(join(MAPPED_MODELS, file), join(folder, file));
  await writeFile(join(folder, mapped.labels), JSON.stringify(labels.slice(0, CLASSES)));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(mapped));
}

/** Random images, the same in every run. The values are from -1 to 1. */
export const randomImages = (count: number): Float32Array =>
  Float32Array.from({ length: count * 3 * 8 * 8 }, (_, index) => Math.sin(index * index * 12.9898));
