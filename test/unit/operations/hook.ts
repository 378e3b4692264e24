import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { aliasCheck, versionCheck } from '../../../lambda/operations/checks.ts';
import { type HookSettings, readHookSettings } from '../../../lambda/operations/settings.ts';
import { type HookDependencies, trafficHook } from '../../../lambda/operations/traffic-hook.ts';
import { createLogger } from '../../../lambda/telemetry/powertools.ts';

export const EVENT = { DeploymentId: 'd-ABC', LifecycleEventHookExecutionId: 'execution-1' };
export const TARGET_FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:classify:7';

/** The answer of the classifier's function, in the form that Lambda delivers. */
export function classified(label: { wnid?: string; label: string }, executedVersion = '7') {
  const body = JSON.stringify({ predictions: [{ rank: 1, index: 1, ...label, probability: 0.9 }] });
  return answered({ statusCode: 200, body }, { ExecutedVersion: executedVersion });
}

export function answered(payload: unknown, more: Partial<InvokeCommandOutput> = {}) {
  const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { StatusCode: 200, Payload: bytes, ...more } as InvokeCommandOutput;
}

interface SentEvent {
  readonly path: string;
  readonly body?: string;
  readonly queryStringParameters?: object;
}

/** What a service answers to the smoke test, beside its predictions. */
function smokeAnswer({ path, body = '' }: SentEvent): InvokeCommandOutput | undefined {
  if (Buffer.from(body, 'base64').toString() === 'not an image') {
    return problem(415, { code: 'unsupported_media_type', request_id: 'id' });
  }
  if (path === '/health') return problem(200, { status: 'ok' });
  if (path === '/ready') return problem(200, { status: 'ready' });
  if (path === '/model') return problem(200, { name: 'resnet50', version: '1' });
  return undefined;
}
const problem = (statusCode: number, body: object) => answered({ statusCode, body: JSON.stringify(body) });

/** The answer of `/predict/batch` to two images with the predictions of one. */
function batchOf(one: InvokeCommandOutput): InvokeCommandOutput {
  const { body } = JSON.parse(Buffer.from(one.Payload ?? []).toString());
  return problem(200, { results: [JSON.parse(body), JSON.parse(body)] });
}

export const EGYPTIAN_CAT = { wnid: 'n02124075', label: 'Egyptian cat' };
export const TEAPOT = { wnid: 'n04398044', label: 'teapot' };

interface Invocation {
  readonly target: string | undefined;
  readonly payload: unknown;
}

export interface Run {
  /** Every report of the hook. */
  readonly reports: readonly unknown[];
  readonly log: readonly { readonly level: string; readonly line: Record<string, unknown> }[];
  /** The predictions that the canary asked for, without those of the smoke test. */
  readonly invocations: readonly Invocation[];
}

export interface RunOptions {
  /** Stands in for Lambda in the smoke test. @default a service that is well */
  readonly smoke?: (event: SentEvent) => InvokeCommandOutput | undefined;
  readonly followUp?: HookDependencies['followUp'];
  /** Settings that no environment can express, such as a wait of less than a minute. */
  readonly settings?: Partial<HookSettings>;
  readonly environment?: Record<string, string>;
  /** Milliseconds that the function has left when it gets the event. */
  readonly remainingMs?: number;
}

/**
 * Runs a hook once. `invoke` stands in for Lambda: it classifies a photo, and gets the number of photos that
 * the canary has sent.
 */
export async function runHook(
  kind: 'pre-traffic' | 'post-traffic',
  invoke: (count: number) => Promise<InvokeCommandOutput>,
  { environment = {}, remainingMs = 60_000, smoke = smokeAnswer, followUp, settings = {} }: RunOptions = {},
): Promise<Run> {
  const lambda = new LambdaClient({ region: 'eu-central-1' });
  const lambdaMock = mockClient(lambda);
  lambdaMock.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  const invocations: Invocation[] = [];
  lambdaMock.on(InvokeCommand).callsFake(async ({ FunctionName: target, Payload }) => {
    const payload = JSON.parse(String(Payload)) as SentEvent;
    if (payload.queryStringParameters) {
      invocations.push({ target, payload });
      return invoke(invocations.length);
    }
    const answer = smoke(payload);
    if (answer) return answer;
    const one = await invoke(invocations.length);
    return payload.path === '/predict/batch' ? batchOf(one) : one;
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
    readSettings: () => ({ ...readHookSettings({ TARGET_FUNCTION, ...environment }), ...settings }),
    check: kind === 'pre-traffic' ? versionCheck(lambda, 1) : aliasCheck(lambda, 1),
    ...(followUp ? { followUp } : {}),
  });
  await hook(EVENT, { getRemainingTimeInMillis: () => remainingMs });
  return {
    log,
    reports: codeDeployMock
      .commandCalls(PutLifecycleEventHookExecutionStatusCommand)
      .map((call) => call.args[0].input),
    invocations,
  };
}

export function report(status: 'Succeeded' | 'Failed') {
  return {
    deploymentId: EVENT.DeploymentId,
    lifecycleEventHookExecutionId: EVENT.LifecycleEventHookExecutionId,
    status,
  };
}
