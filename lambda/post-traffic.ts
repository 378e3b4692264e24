import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { aliasCheck } from './operations/checks.ts';
import { readHookSettings } from './operations/settings.ts';
import { trafficHook } from './operations/traffic-hook.ts';
import { createLogger } from './telemetry/powertools.ts';

/**
 * CodeDeploy's AfterAllowTraffic hook: checks that the alias invokes the new version and gives correct
 * answers.
 */
export const handler = trafficHook({
  name: 'post-traffic',
  codeDeploy: new CodeDeployClient(),
  logger: createLogger(),
  readSettings: readHookSettings,
  check: aliasCheck(new LambdaClient()),
});
