import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { aliasCheck, versionCheck } from '../../../lambda/operations/checks.ts';
import { readHookSettings } from '../../../lambda/operations/settings.ts';
import { trafficHook } from '../../../lambda/operations/traffic-hook.ts';
import { createLogger } from '../../../lambda/telemetry/powertools.ts';

export const EVENT = { DeploymentId: 'd-ABC', LifecycleEventHookExecutionId: 'execution-1' };
export const TARGET_FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:classify:7';

/** The answer of the classifier's function, in the form that Lambda delivers. */
export function classified(label: { wnid: string; label: string }, executedVersion = '7') {
  const body = JSON.stringify({ predictions: [{ rank: 1, index: 1, ...label, probability: 0.9 }] });
  return answered({ statusCode: 200, body }, { ExecutedVersion: executedVersion });
}

export function answered(payload: unknown, more: Partial<InvokeCommandOutput> = {}) {
  const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { StatusCode: 200, Payload: bytes, ...more } as InvokeCommandOutput;
}

export const EGYPTIAN_CAT = { wnid: 'n02124075', label: 'Egyptian cat' };
export const TEAPOT = { wnid: 'n04398044', label: 'teapot' };

export interface Run {
  /** Every report of the hook. */
  readonly reports: readonly unknown[];
  readonly log: readonly { readonly level: string; readonly line: Record<string, unknown> }[];
  /** The targets and payloads of the invocations. */
  readonly invocations: readonly { readonly target: string | undefined; readonly payload: unknown }[];
}

export interface RunOptions {
  readonly environment?: Record<string, string>;
  /** Milliseconds that the function has left when it gets the event. */
  readonly remainingMs?: number;
}

/** Runs a hook once. `invoke` stands in for Lambda and gets the number of the invocation, starting at 1. */
export async function runHook(
  kind: 'pre-traffic' | 'post-traffic',
  invoke: (count: number) => Promise<InvokeCommandOutput>,
  { environment = {}, remainingMs = 60_000 }: RunOptions = {},
): Promise<Run> {
  const lambda = new LambdaClient({ region: 'eu-central-1' });
  const lambdaMock = mockClient(lambda);
  lambdaMock.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  let count = 0;
  lambdaMock.on(InvokeCommand).callsFake(() => {
    count += 1;
    return invoke(count);
  });
  const codeDeploy = new CodeDeployClient({ region: 'eu-central-1' });
  const codeDeployMock = mockClient(codeDeploy);
  codeDeployMock.on(PutLifecycleEventHookExecutionStatusCommand).resolves({});

  const log: { level: string; line: Record<string, unknown> }[] = [];
  const logger = createLogger({ logLevel: 'SILENT' });
  const keep = (level: string) => (message: unknown, line: unknown) =>
    void log.push({ level, line: { message, ...(line as object) } });
  Object.assign(logger, { info: keep('info'), error: keep('error') });

  const hook = trafficHook({
    name: kind,
    codeDeploy,
    logger,
    readSettings: () => readHookSettings({ TARGET_FUNCTION, ...environment }),
    check: kind === 'pre-traffic' ? versionCheck(lambda, 1) : aliasCheck(lambda, 1),
  });
  await hook(EVENT, { getRemainingTimeInMillis: () => remainingMs });
  return {
    log,
    reports: codeDeployMock
      .commandCalls(PutLifecycleEventHookExecutionStatusCommand)
      .map((call) => call.args[0].input),
    invocations: lambdaMock.commandCalls(InvokeCommand).map(({ args: [command] }) => ({
      target: command.input.FunctionName,
      payload: JSON.parse(String(command.input.Payload)),
    })),
  };
}

export function report(status: 'Succeeded' | 'Failed') {
  return {
    deploymentId: EVENT.DeploymentId,
    lifecycleEventHookExecutionId: EVENT.LifecycleEventHookExecutionId,
    status,
  };
}
