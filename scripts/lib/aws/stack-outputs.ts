import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { stackName } from '../../../lib/stages.ts';

/** The outputs of lib/classifier-stack.ts and its constructs, as the commands need them. */
const outputsSchema = z.object({
  ApiUrl: z.url(),
  ApiKeyId: z.string().optional(),
  AliasArn: z.string().regex(/^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+:[\w-]+$/),
  DeploymentApplication: z.string().optional(),
  DeploymentGroup: z.string().optional(),
});

export interface StackOutputs {
  readonly apiUrl: string;
  /** Undefined where the stage asks for no key. */
  readonly apiKeyId: string | undefined;
  readonly functionName: string;
  readonly alias: string;
  /** CodeDeploy's names, where a deployment goes by it. */
  readonly deployment: { readonly application: string; readonly group: string } | undefined;
}

/** @throws Error in one line where there is no such stack, or an output is missing. */
export async function readStackOutputs(
  cloudFormation: CloudFormationClient,
  stage: string,
): Promise<StackOutputs> {
  const name = stackName(stage);
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
  const outputs = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
  );
  const parsed = outputsSchema.safeParse(outputs);
  if (!parsed.success) {
    const keys = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new Error(`${name}: expected the outputs ${keys.join(', ')} of a deployed stack, got others`);
  }
  const { ApiUrl, ApiKeyId, AliasArn, DeploymentApplication, DeploymentGroup } = parsed.data;
  const [functionName = '', alias = ''] = AliasArn.split(':').slice(6);
  return {
    apiUrl: ApiUrl,
    apiKeyId: ApiKeyId,
    functionName,
    alias,
    deployment:
      DeploymentApplication && DeploymentGroup
        ? { application: DeploymentApplication, group: DeploymentGroup }
        : undefined,
  };
}
