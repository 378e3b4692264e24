import type { Logger } from '@aws-lambda-powertools/logger';
import { type CodeDeployClient, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { readCanary } from './canary.ts';
import { InvocationError } from './invoke.ts';
import type { ShiftSettings } from './settings.ts';
import { sendPhotos } from './synthetic-traffic.ts';

/** What the hook before the shift sends. */
export interface ShiftEvent {
  readonly DeploymentId: string;
}

export interface ShiftWatchDependencies {
  readonly lambda: LambdaClient;
  readonly codeDeploy: CodeDeployClient;
  readonly logger: Logger;
  /** @throws ConfigError */
  readonly readSettings: () => ShiftSettings;
}

/** Milliseconds of the function's timeout that are reserved for its last request and the log. */
const END_MS = 20_000;

/** Starts {@link shiftWatch}, and does not wait for it. @throws errors of the AWS SDK */
export async function startShiftWatch(
  lambda: LambdaClient,
  functionName: string,
  event: ShiftEvent,
): Promise<void> {
  const { DeploymentId } = event;
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: JSON.stringify({ DeploymentId }),
    }),
  );
}

/**
 * Sends photos through the alias while its traffic is split, so that the alarms on the new version have data
 * even if nobody else calls. No hook of CodeDeploy runs at that time. If the new version gives a wrong answer,
 * stops the deployment, which moves the traffic back.
 */
export function shiftWatch({ lambda, codeDeploy, logger, readSettings }: ShiftWatchDependencies) {
  return async (event: ShiftEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const settings = readSettings();
    const { expectedVersion, photosPerMinute } = settings;
    const canary = await readCanary(lambda, settings);
    const durationMs = Math.min(settings.durationMs, context.getRemainingTimeInMillis() - END_MS);
    const { signal } = new AbortController();
    const about = { deployment_id: event.DeploymentId };
    try {
      const count = await sendPhotos(
        canary,
        { durationMs, photosPerMinute },
        { version: expectedVersion, signal },
      );
      logger.info('canary-traffic', { ...about, ...count });
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      logger.error('canary-traffic', { ...about, reason: error.message });
      await codeDeploy.send(
        new StopDeploymentCommand({ deploymentId: event.DeploymentId, autoRollbackEnabled: true }),
      );
    }
  };
}
