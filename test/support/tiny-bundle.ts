import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../lambda/model/manifest.ts';
import { manifest, readRepositoryFile, repositoryPath } from './model.ts';

const GRAPH = 'test/fixtures/models/tiny/tiny.onnx';

/** Writes a bundle around a model that takes 8 x 8 pixels and knows nothing, with the classes of ImageNet. */
export async function writeTinyBundle(folder: string, changes: Partial<Manifest>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(repositoryPath(GRAPH), join(folder, 'tiny.onnx'));
  await cp(repositoryPath('models/resnet50/labels.json'), join(folder, 'labels.json'));
  const tiny: Manifest = {
    ...manifest,
    file: 'tiny.onnx',
    sha256: createHash('sha256').update(readRepositoryFile(GRAPH)).digest('hex'),
    input: { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [1, 3, 8, 8] },
    output: { name: 'logits', dtype: 'float32', shape: [1, 1000], kind: 'logits' },
    preprocessing: {
      ...manifest.preprocessing,
      resize: { shortSide: 8, interpolation: 'bilinear', antialias: true },
      crop: 8,
    },
    ...changes,
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(tiny));
}
