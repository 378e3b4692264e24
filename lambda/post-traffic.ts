import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { aliasCheck } from './operations/checks.ts';
import { markKnownGood } from './operations/known-good.ts';
import { readHookSettings } from './operations/settings.ts';
import { trafficHook } from './operations/traffic-hook.ts';
import { createLogger } from './telemetry/powertools.ts';

const ssm = new SSMClient();

/**
 * CodeDeploy's AfterAllowTraffic hook: checks that the alias invokes the new version and that it passes the
 * smoke test, keeps the deployment open for its alarms, and remembers the version as known to be good. If a
 * check fails, CodeDeploy and CloudFormation roll the deployment back together.
 */
export const handler = trafficHook({
  name: 'post-traffic',
  codeDeploy: new CodeDeployClient(),
  logger: createLogger(),
  readSettings: readHookSettings,
  check: aliasCheck(new LambdaClient()),
  followUp: async ({ functionName }, { executedVersion }) => {
    if (executedVersion !== undefined) await markKnownGood(ssm, functionName, executedVersion);
  },
});
