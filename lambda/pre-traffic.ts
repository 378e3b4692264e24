import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { versionCheck } from './operations/checks.ts';
import { readHookSettings } from './operations/settings.ts';
import { startShiftWatch } from './operations/shift-watch.ts';
import { trafficHook } from './operations/traffic-hook.ts';
import { createLogger } from './telemetry/powertools.ts';

const lambda = new LambdaClient();

/**
 * CodeDeploy's BeforeAllowTraffic hook: checks that the new version gives a correct answer before it gets
 * traffic, and starts the function that sends photos during the shift.
 */
export const handler = trafficHook({
  name: 'pre-traffic',
  codeDeploy: new CodeDeployClient(),
  logger: createLogger(),
  readSettings: readHookSettings,
  check: versionCheck(lambda),
  followUp: async ({ trafficFunction }, _answer, event) => {
    if (trafficFunction !== undefined) await startShiftWatch(lambda, trafficFunction, event);
  },
});
