import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { explainAwsError } from '../aws/explain-error.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

/** What the templates of aws-cdk-lib 2 require: `requiresBootstrapStackVersion` in cdk.out/manifest.json. */
export const BOOTSTRAP_VERSION = 6;

/** The bootstrap that a stage is deployed through. */
export interface Bootstrap {
  readonly qualifier: string;
  /** Whether the stage's pipeline defines its policies and boundary. */
  readonly isOfPipeline: boolean;
}

const CDK_DEFAULT: Bootstrap = { qualifier: 'hnb659fds', isOfPipeline: false };

export type Identity =
  | { readonly known: true; readonly account: string; readonly arn: string }
  | { readonly known: false; readonly reason: string };

/** Whose credentials these are. The other checks of the account need valid credentials. */
export async function identify(sts: STSClient): Promise<Identity> {
  try {
    const { Account = 'unknown', Arn = 'unknown' } = await sts.send(new GetCallerIdentityCommand({}));
    return { known: true, account: Account, arn: Arn };
  } catch (error) {
    return { known: false, reason: explainAwsError(error) };
  }
}

/** @returns undefined if none is set. The CDK CLI would then use us-east-1. */
export function regionOf(client: STSClient): Promise<string | undefined> {
  return client.config.region().catch(() => undefined);
}

export async function checkBootstrap(
  ssm: SSMClient,
  { account, region, bootstrap = CDK_DEFAULT }: { account: string; region: string; bootstrap?: Bootstrap },
): Promise<Finding> {
  const { qualifier, isOfPipeline } = bootstrap;
  const name = `/cdk-bootstrap/${qualifier}/version`;
  const advice = isOfPipeline
    ? 'Run the command in the pipeline’s output BootstrapCommand: docs/troubleshooting.md#not-bootstrapped.'
    : `npx cdk bootstrap aws://${account}/${region}${bootstrap === CDK_DEFAULT ? '' : ` --qualifier ${qualifier}`}`;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    const version = Number(Parameter?.Value);
    if (version >= BOOTSTRAP_VERSION) return ok(`CDK bootstrap version ${version}`);
    return fail(`CDK bootstrap version ${Parameter?.Value}, expected ${BOOTSTRAP_VERSION} or newer`, advice);
  } catch (error) {
    if ((error as Error).name !== 'ParameterNotFound') throw error;
    return fail(`${region} is not bootstrapped for CDK: the parameter ${name} is missing`, advice);
  }
}

/** Whether CloudFormation can update the stack of the stage now. */
export async function checkStack(cloudFormation: CloudFormationClient, stack: string): Promise<Finding> {
  const output = await cloudFormation
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((error: Error) => {
      // CloudFormation has no error code for this.
      if (error.name === 'ValidationError' && error.message.includes('does not exist')) return undefined;
      throw error;
    });
  const { StackStatus: status, EnableTerminationProtection: isProtected } = output?.Stacks?.[0] ?? {};
  if (status === undefined) return ok(`${stack} does not exist yet: this is its first deployment`);
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED') {
    const found = `${stack} is ${status}: its first deployment failed`;
    if (!isProtected) return warn(found, 'cdk deploy deletes it and starts again.');
    return fail(
      `${found}, and cdk deploy may not delete it`,
      `See docs/troubleshooting.md#the-stack-is-not-at-rest, then: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack}`,
    );
  }
  if (status.endsWith('_FAILED')) {
    return fail(`${stack} is ${status}`, `npx cdk rollback -c stage=${stack.replace('resnet50-', '')}`);
  }
  if (status.endsWith('_IN_PROGRESS')) {
    return fail(`${stack} is ${status}`, 'Wait until it is done, or stop it: npm run rollback.');
  }
  return ok(`${stack} is ${status}`);
}
