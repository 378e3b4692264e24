import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { resultLine } from './http/jobs/result-line.ts';
import { hasTime } from './jobs/cloud/deadline.ts';
import { stepFunctions } from './jobs/cloud/executions/step-functions.ts';
import { listUnsuccessful } from './jobs/cloud/executions/unsuccessful.ts';
import { ageRecorder } from './jobs/cloud/record.ts';
import { readStepsSettings } from './jobs/cloud/settings.ts';
import { createSteps, type StepEvent, type StepResult } from './jobs/cloud/steps.ts';
import { createS3Client, s3Buckets } from './jobs/cloud/storage/s3.ts';

const { stage, bucket, sources, jobsArn, webhooksArn } = readStepsSettings();
const buckets = s3Buckets(createS3Client());
const stateMachines = new SFNClient({});
const step = createSteps({
  store: buckets(bucket),
  buckets,
  sources,
  jobs: stepFunctions(stateMachines, jobsArn),
  unsuccessful: listUnsuccessful(stateMachines, jobsArn),
  webhooks: stepFunctions(stateMachines, webhooksArn),
  format: resultLine,
  recordAge: ageRecorder(stage),
});

/** Prepares, splits, finishes and closes jobs, for the state machine and for EventBridge. It loads no model. */
export const handler = (event: StepEvent, context: Context): Promise<StepResult> =>
  step(event, hasTime(context));
