import { expect, it } from 'vitest';
import { BOOTSTRAP_VERSION } from '../../scripts/lib/preflight/account.ts';
import { appOf } from './support.ts';

it('the preflight requires the bootstrap version that the templates need', () => {
  const stack = appOf('prod').synth().getStackByName('resnet50-prod');
  expect(stack.requiresBootstrapStackVersion).toBe(BOOTSTRAP_VERSION);
});
