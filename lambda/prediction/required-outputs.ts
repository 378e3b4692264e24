import { ServiceError } from '../errors.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ExtraOutput } from '../model/session.ts';

/**
 * Refuses what a bundle does not have. Callers that know early what they need can ask before they read a body.
 *
 * @throws ServiceError `unsupported_by_model`
 */
export function requireOutputs(
  {
    name,
    version,
    embedding,
    activationMaps,
  }: Pick<Manifest, 'name' | 'version' | 'embedding' | 'activationMaps'>,
  outputs: readonly ExtraOutput[],
): void {
  if (outputs.includes('embedding') && !embedding) {
    throw new ServiceError(
      'unsupported_by_model',
      `Expected a model with an embedding, got ${name}@${version}, whose bundle has none. GET /models/${name}@${version} shows what it has.`,
    );
  }
  if (outputs.includes('features') && !activationMaps) {
    throw new ServiceError(
      'unsupported_by_model',
      `Expected a model with activation maps to explain predictions, got ${name}@${version}, whose bundle has none. GET /models/${name}@${version} shows what it has.`,
    );
  }
}
