import { readFileSync } from 'node:fs';
import { Annotations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../lib/app.ts';
import type { StageName } from '../../lib/stages.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** The app that `cdk synth -c stage=…` creates, with overrides for the stage. */
export function appOf(stage: StageName, overrides: object = {}) {
  // The CLI sets the same key and prints the report. Without it, a finding throws during synthesis.
  return createApp({ context: { ...context, stage, stages: { [stage]: overrides } } });
}

/** The template of the stage's CloudFormation stack. */
export function templateOf(stage: StageName, overrides: object = {}): Template {
  const app = appOf(stage, overrides);
  // The defaults of prod have no subscriber. app.test.ts tests the warning.
  Annotations.of(app).acknowledgeWarning('resnet50:pagesNobody');
  const assembly = app.synth();
  return Template.fromJSON(assembly.getStackByName(`resnet50-${stage}`).template);
}
