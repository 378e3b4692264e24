import type { Manifest } from '../../../../lambda/model/manifest.ts';
import type { MissingTail } from './tail/tail.ts';

type Outputs = Pick<Manifest, 'embedding' | 'activationMaps'>;

/** Whether a model has an embedding and class activation maps, in a sentence. */
export function describeOutputs(found: Outputs | MissingTail): string {
  if ('reason' in found) return `No embedding and no class activation maps: ${found.reason}.`;
  const { embedding, activationMaps } = found;
  return `Embedding: ${embedding?.shape[1]} values. Class activation maps: ${activationMaps?.rows} x ${activationMaps?.columns}.`;
}
