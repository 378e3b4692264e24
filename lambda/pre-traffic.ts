import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { versionCheck } from './operations/checks.ts';
import { readHookSettings } from './operations/settings.ts';
import { trafficHook } from './operations/traffic-hook.ts';
import { createLogger } from './telemetry/powertools.ts';

/** CodeDeploy's BeforeAllowTraffic hook: the new version answers rightly before it gets any traffic. */
export const handler = trafficHook({
  name: 'pre-traffic',
  codeDeploy: new CodeDeployClient(),
  logger: createLogger(),
  readSettings: readHookSettings,
  check: versionCheck(new LambdaClient()),
});
