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
  /** Which hook this is, as the message of its log line. */
  readonly name: string;
  readonly codeDeploy: CodeDeployClient;
  readonly logger: Logger;
  /** Called for each event, so that an invalid setting is reported to CodeDeploy. @throws ConfigError */
  readonly readSettings: () => HookSettings;
  readonly check: Check;
}

export type HookHandler = (
  event: HookEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** Milliseconds of the function's timeout that are reserved for the report. */
const REPORT_MS = 5000;

type Verdict =
  | { readonly status: 'Succeeded'; readonly label: string; readonly probability: number }
  | { readonly status: 'Failed'; readonly reason: string };

/**
 * A deployment hook: runs the check, logs the verdict in one line and reports it. CodeDeploy waits an hour
 * for a hook that does not report, so every error is reported as a failure, before the function times out.
 *
 * @throws Error if the report itself fails; Lambda then retries the hook.
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
