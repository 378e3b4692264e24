import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { versionCheck } from './operations/checks.ts';
import { readHookSettings } from './operations/settings.ts';
import { trafficHook } from './operations/traffic-hook.ts';
import { createLogger } from './telemetry/powertools.ts';

/**
 * CodeDeploy's BeforeAllowTraffic hook: checks that the new version gives a correct answer before it gets
 * traffic.
 */
export const handler = trafficHook({
  name: 'pre-traffic',
  codeDeploy: new CodeDeployClient(),
  logger: createLogger(),
  readSettings: readHookSettings,
  check: versionCheck(new LambdaClient()),
});
