import {
  type CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { StackState } from '../aws/stack-outputs.ts';
import { poll } from '../system/wait.ts';

/**
 * Lets CloudFormation move the alias to a version: it updates the stack with its present template and another
 * value of one parameter. docs/adr/0021 says why CloudFormation does it.
 *
 * @param pauseMs milliseconds between two checks.
 * @throws Error if the stack cannot be updated now, if the update fails, or after 10 minutes.
 */
export async function setLiveVersion(
  cloudFormation: CloudFormationClient,
  { name, status, parameters, rollbackParameter }: StackState,
  version: string,
  pauseMs = 3000,
): Promise<void> {
  if (rollbackParameter === undefined) {
    throw new Error(
      `${name}: expected a parameter for rollbacks, got none: its template is older than this command`,
    );
  }
  if (!status.endsWith('_COMPLETE')) {
    throw new Error(`expected ${name} to be at rest, got ${status}: wait until CloudFormation is done`);
  }
  await cloudFormation.send(
    new UpdateStackCommand({
      StackName: name,
      UsePreviousTemplate: true,
      Parameters: parameters.map((ParameterKey) =>
        ParameterKey === rollbackParameter
          ? { ParameterKey, ParameterValue: version }
          : { ParameterKey, UsePreviousValue: true },
      ),
      // The template contains roles, although none of them changes.
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    }),
  );
  const ended = await poll(`the end of the update of ${name}`, pauseMs, async () => {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const stack = Stacks?.[0];
    return stack?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : stack;
  });
  if (ended.StackStatus === 'UPDATE_COMPLETE') return;
  const reason = ended.StackStatusReason ?? 'the events of the stack say why';
  throw new Error(`expected ${name} to be UPDATE_COMPLETE, got ${ended.StackStatus}: ${reason}`);
}
