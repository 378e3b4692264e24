import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { ROLLED_BACK_TO } from '../../../lib/rollback-parameter.ts';
import type { AuthKind } from '../../../lib/settings/auth.ts';
import { stackName } from '../../../lib/stages.ts';
import { noStack } from './explain-error.ts';

/** The outputs of lib/classifier-stack.ts and its constructs that the commands use. */
const outputsSchema = z.object({
  ApiUrl: z.url(),
  Auth: z.enum(['off', 'api-key', 'iam', 'jwt']).optional(),
  ApiKeyId: z.string().optional(),
  UsagePlanId: z.string().optional(),
  AliasArn: z.string().regex(/^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+:[\w-]+$/),
  DeploymentApplication: z.string().optional(),
  DeploymentGroup: z.string().optional(),
  LiveVersion: z.string().optional(),
  DashboardUrl: z.url().optional(),
  AlertsTopicArn: z.string().optional(),
  PagingTopicArn: z.string().optional(),
});

export interface StackOutputs {
  readonly apiUrl: string;
  /** What the API requires of predictions. */
  readonly auth: AuthKind | 'off';
  /** The stage's own key. Undefined if the stage requires no key. */
  readonly apiKeyId: string | undefined;
  /** The usage plan of all keys. Undefined if the stage has no keys, and in a stack of an older template. */
  readonly usagePlanId: string | undefined;
  readonly functionName: string;
  readonly alias: string;
  /** Undefined if the stage does not deploy with CodeDeploy. */
  readonly deployment: { readonly application: string; readonly group: string } | undefined;
  /** The version that the alias has according to CloudFormation. Undefined in a stack of an older template. */
  readonly liveVersion: string | undefined;
  /** Undefined in a stack of an older template, like the next. */
  readonly dashboardUrl: string | undefined;
  readonly alertsTopicArn: string | undefined;
  /** Undefined if the stage pages nobody, too. */
  readonly pagingTopicArn: string | undefined;
  readonly stack: StackState;
}

/** What an update of the CloudFormation stack has to know of it. */
export interface StackState {
  readonly name: string;
  readonly status: string;
  /** When the last update began, or the creation. */
  readonly updated: Date | undefined;
  /** The names of its parameters. */
  readonly parameters: readonly string[];
  /** The parameter that takes the alias back. Undefined in a stack of an older template. */
  readonly rollbackParameter: string | undefined;
  /** Its value. Undefined if the alias is on the version of the template. */
  readonly rolledBackTo: string | undefined;
}

/** @throws Error in one line if the CloudFormation stack or one of its outputs is missing. */
export async function readStackOutputs(
  cloudFormation: CloudFormationClient,
  stage: string,
): Promise<StackOutputs> {
  const name = stackName(stage);
  const stack = await describeStack(cloudFormation, name).catch((error: Error) => {
    if (!isMissing(error)) throw error;
    throw new Error(noStack(name), { cause: error });
  });
  return outputsOf(name, stack);
}

/** CloudFormation has no error code for this. */
const isMissing = ({ message }: Error): boolean => message.includes('does not exist');

/** A stack in these states was never complete, or is no longer. Its creation may have been rolled back, not an update. */
const NOT_DEPLOYED = /^(REVIEW|CREATE|ROLLBACK|DELETE)_(?!COMPLETE$)|^(ROLLBACK|DELETE)_COMPLETE$/;

/** As {@link readStackOutputs}. @returns undefined before the first deployment that succeeds */
export async function findStackOutputs(
  cloudFormation: CloudFormationClient,
  stage: string,
): Promise<StackOutputs | undefined> {
  const name = stackName(stage);
  const stack = await describeStack(cloudFormation, name).catch((error: Error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (stack === undefined || NOT_DEPLOYED.test(stack.StackStatus ?? '')) return undefined;
  return outputsOf(name, stack);
}

async function describeStack(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return Stacks?.[0];
}

function outputsOf(name: string, stack: Stack | undefined): StackOutputs {
  const outputs = Object.fromEntries(
    (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
  );
  const parsed = outputsSchema.safeParse(outputs);
  if (!parsed.success) {
    const keys = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new Error(
      `${name}: expected the outputs ${keys.join(', ')} of a deployed CloudFormation stack, got others`,
    );
  }
  const {
    ApiUrl,
    Auth,
    ApiKeyId,
    UsagePlanId,
    AliasArn,
    DeploymentApplication,
    DeploymentGroup,
    LiveVersion,
    DashboardUrl,
    AlertsTopicArn,
    PagingTopicArn,
  } = parsed.data;
  const [functionName = '', alias = ''] = AliasArn.split(':').slice(6);
  const values = new Map(
    (stack?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue }) => [ParameterKey, ParameterValue]),
  );
  const parameters = [...values.keys()];
  const rollbackParameter = parameters.find((name) => name.startsWith(ROLLED_BACK_TO));
  return {
    apiUrl: ApiUrl,
    // A stack of an older template has no output Auth.
    auth: Auth ?? (ApiKeyId === undefined ? 'off' : 'api-key'),
    apiKeyId: ApiKeyId,
    usagePlanId: UsagePlanId,
    functionName,
    alias,
    deployment:
      DeploymentApplication && DeploymentGroup
        ? { application: DeploymentApplication, group: DeploymentGroup }
        : undefined,
    liveVersion: LiveVersion,
    dashboardUrl: DashboardUrl,
    alertsTopicArn: AlertsTopicArn,
    pagingTopicArn: PagingTopicArn,
    stack: {
      name,
      status: stack?.StackStatus ?? 'unknown',
      updated: stack?.LastUpdatedTime ?? stack?.CreationTime,
      parameters,
      rollbackParameter,
      rolledBackTo: values.get(rollbackParameter ?? '') || undefined,
    },
  };
}
