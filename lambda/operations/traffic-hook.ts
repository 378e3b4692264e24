import type { Logger } from '@aws-lambda-powertools/logger';
import {
  type CodeDeployClient,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import type { Context } from 'aws-lambda';
import type { Check } from './checks.ts';
import { withDeadline } from './deadline.ts';
import type { HookSettings } from './settings.ts';

/** What CodeDeploy sends: docs.aws.amazon.com/codedeploy, "AppSpec 'hooks' section". */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

export interface HookDependencies {
  /** The first word of the log line: which hook this is. */
  readonly name: string;
  readonly codeDeploy: CodeDeployClient;
  readonly logger: Logger;
  /** Read with each event, so that a bad setting is reported and not waited for. @throws ConfigError */
  readonly readSettings: () => HookSettings;
  readonly check: Check;
}

export type HookHandler = (
  event: HookEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** Milliseconds of the function's timeout that are kept for the report. */
const REPORT_MS = 5000;

type Verdict =
  | { readonly status: 'Succeeded'; readonly label: string; readonly probability: number }
  | { readonly status: 'Failed'; readonly reason: string };

/**
 * A hook of a deployment: runs the check, logs one line with its verdict and reports it. CodeDeploy waits an hour for a
 * hook that is silent, so whatever goes wrong is reported as a failure, in time.
 *
 * @throws Error where the report itself fails; Lambda then runs the hook again.
 */
export function trafficHook(dependencies: HookDependencies): HookHandler {
  const { name, codeDeploy, logger, readSettings, check } = dependencies;

  async function judge(timeoutMs: number): Promise<Verdict> {
    try {
      const settings = readSettings();
      const { label, probability } = await withDeadline(timeoutMs, (signal) => check(settings, signal));
      return { status: 'Succeeded', label, probability };
    } catch (error) {
      return { status: 'Failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  return async (event, context) => {
    const verdict = await judge(Math.max(0, context.getRemainingTimeInMillis() - REPORT_MS));
    logger[verdict.status === 'Failed' ? 'error' : 'info'](name, {
      deployment_id: event.DeploymentId,
      ...verdict,
    });
    await codeDeploy.send(
      new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId: event.DeploymentId,
        lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
        status: verdict.status,
      }),
    );
  };
}
