import { describe, expect, test } from 'vitest';
import { requireOutputs } from '../../../lambda/prediction/required-outputs.ts';
import { mappedManifest } from '../../support/mapped-bundle.ts';
import { manifest } from '../../support/model.ts';

const { embedding, activationMaps } = mappedManifest('float32');

describe('requireOutputs', () => {
  test.each([
    ['scores alone of any model', manifest, []],
    ['an embedding of a model that has one', { ...manifest, embedding }, ['embedding']],
    ['features of a model with maps', { ...manifest, activationMaps }, ['features']],
    ['both of a model with both', { ...manifest, embedding, activationMaps }, ['features', 'embedding']],
  ] as const)('allows %s', (_name, model, outputs) => {
    expect(() => requireOutputs(model, outputs)).not.toThrow();
  });

  test.each([
    ['an embedding', { ...manifest, activationMaps }, ['embedding'], 'an embedding'],
    ['features', { ...manifest, embedding }, ['features'], 'activation maps to explain predictions'],
    ['the second of two', { ...manifest, embedding }, ['embedding', 'features'], 'activation maps'],
  ] as const)(
    'refuses %s that the bundle does not have, and names the model',
    (_name, model, outputs, what) => {
      expect(() => requireOutputs(model, outputs)).toThrow(
        expect.objectContaining({
          code: 'unsupported_by_model',
          status: 422,
          detail: expect.stringMatching(
            `^Expected a model with ${what}.*, got fake@9\\.9\\.9, .*\\. GET /models/fake@9\\.9\\.9 shows what it has\\.$`,
          ),
        }),
      );
    },
  );
});
