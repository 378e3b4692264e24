import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type StageName, stackName } from '../../../lib/stages.ts';
import { readStackOutputs } from '../../../scripts/lib/aws/stack-outputs.ts';
import { client } from '../support.ts';

const lambda = new LambdaClient(client);
const cloudFormation = new CloudFormationClient(client);

/** What a stage runs. Every deployment and every rollback changes it. */
export async function runningOn(stage: StageName) {
  const { functionName, alias } = await readStackOutputs(cloudFormation, stage);
  const { Configuration, Code } = await lambda.send(
    new GetFunctionCommand({ FunctionName: functionName, Qualifier: alias }),
  );
  const { Stacks: [stack] = [] } = await cloudFormation.send(
    new DescribeStacksCommand({ StackName: stackName(stage) }),
  );
  return {
    version: Configuration?.Version,
    /** `HOST/REPOSITORY@sha256:HEX`, as Lambda has resolved it. */
    image: Code?.ResolvedImageUri,
    updated: stack?.LastUpdatedTime?.getTime(),
  };
}

export async function outputOf(stack: string, name: string): Promise<string> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  const value = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  if (value === undefined) throw new Error(`expected an output ${name} of ${stack}, got none`);
  return value;
}

export async function destroy(stage: StageName): Promise<void> {
  const StackName = stackName(stage);
  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName });
}
