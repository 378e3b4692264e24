import { SFNClient } from '@aws-sdk/client-sfn';
import type { CloudJobSettings } from '../../config/jobs.ts';
import type { JobEngine } from '../engine.ts';
import { createCloudEngine } from './engine.ts';
import { rememberDescriptions } from './executions/remembered.ts';
import { stepFunctions } from './executions/step-functions.ts';
import { createS3Client, s3Buckets } from './storage/s3.ts';

/** The engine of the API function. This file loads the AWS SDK, so import it when the first request needs it. */
export function openCloudEngine({ bucket, stateMachineArn, sources, idSalt }: CloudJobSettings): JobEngine {
  return createCloudEngine({
    store: s3Buckets(createS3Client())(bucket),
    executions: rememberDescriptions(stepFunctions(new SFNClient({}), stateMachineArn)),
    sources,
    idSalt,
  });
}
