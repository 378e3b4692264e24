import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { readShiftSettings } from './operations/settings.ts';
import { shiftWatch } from './operations/shift-watch.ts';
import { createLogger } from './telemetry/powertools.ts';

/** Runs while a deployment shifts traffic, and sends photos through the alias. */
export const handler = shiftWatch({
  lambda: new LambdaClient(),
  codeDeploy: new CodeDeployClient(),
  logger: createLogger(),
  readSettings: readShiftSettings,
});
