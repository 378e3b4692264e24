import type { Logger } from '@aws-lambda-powertools/logger';
import {
  type CodeDeployClient,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import type { Context } from 'aws-lambda';
import type { CanaryAnswer } from './canary.ts';
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
  /**
   * Called once the check has succeeded. An error in it is logged and does not fail the deployment, which is
   * good so far.
   */
  readonly followUp?: (settings: HookSettings, answer: CanaryAnswer, event: HookEvent) => Promise<void>;
}

export type HookHandler = (
  event: HookEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** Milliseconds of the function's timeout that are reserved for the report. */
const REPORT_MS = 5000;
/** Milliseconds of these for the follow-up. */
const FOLLOW_UP_MS = 3000;

type Verdict =
  | {
      readonly status: 'Succeeded';
      readonly label: string;
      readonly probability: number;
      /** What went wrong in the follow-up. */
      readonly follow_up_error?: string;
    }
  | { readonly status: 'Failed'; readonly reason: string };

/**
 * A deployment hook: runs the check, logs the verdict in one line and reports it. CodeDeploy waits an hour
 * for a hook that does not report, so every error is reported as a failure, before the function times out.
 *
 * @throws Error if the report itself fails; Lambda then retries the hook.
 */
export function trafficHook(dependencies: HookDependencies): HookHandler {
  const { name, codeDeploy, logger, readSettings, check, followUp } = dependencies;

  async function judge(event: HookEvent, timeoutMs: number): Promise<Verdict> {
    try {
      const settings = readSettings();
      const answer = await withDeadline(timeoutMs, (signal) => check(settings, signal));
      const { label, probability } = answer;
      const error = await withDeadline(FOLLOW_UP_MS, async () => followUp?.(settings, answer, event)).then(
        () => undefined,
        messageOf,
      );
      return { status: 'Succeeded', label, probability, ...(error ? { follow_up_error: error } : {}) };
    } catch (error) {
      return { status: 'Failed', reason: messageOf(error) };
    }
  }

  return async (event, context) => {
    const verdict = await judge(event, Math.max(0, context.getRemainingTimeInMillis() - REPORT_MS));
    const isGood = verdict.status === 'Succeeded' && verdict.follow_up_error === undefined;
    logger[isGood ? 'info' : 'error'](name, {
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
