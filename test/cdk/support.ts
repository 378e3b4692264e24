import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/app.ts';
import type { StageName } from '../../lib/stages.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** The app as `cdk synth -c stage=…` makes it, with settings of the stage overridden. */
export function appOf(stage: StageName, overrides: object = {}) {
  // The CLI, which prints the report, sets the same key: without it a validation's finding ends the synthesis.
  return createApp({ context: { ...context, stage, stages: { [stage]: overrides } } });
}

/** The template of the stage's stack. */
export function templateOf(stage: StageName, overrides: object = {}): Template {
  const assembly = appOf(stage, overrides).synth();
  return Template.fromJSON(assembly.getStackByName(`resnet50-${stage}`).template);
}
