import { type CloudFormationClient, paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';

const MOST_CHARACTERS = 500;
/** What CloudFormation says of resources that it stopped because another one failed. */
const CONSEQUENCE = /cancelled/i;

/**
 * Why an update of a stack failed: the first resource that failed since then.
 *
 * @returns undefined if none failed, or if the events cannot be read.
 */
export async function firstFailure(
  client: CloudFormationClient,
  stack: string,
  since: Date,
): Promise<string | undefined> {
  let first: string | undefined;
  try {
    // The newest come first.
    for await (const page of paginateDescribeStackEvents({ client }, { StackName: stack })) {
      for (const event of page.StackEvents ?? []) {
        if (event.Timestamp === undefined || event.Timestamp < since) return first;
        const {
          ResourceStatus,
          ResourceStatusReason: reason,
          LogicalResourceId: id,
          ResourceType: type,
        } = event;
        if (ResourceStatus?.endsWith('_FAILED') && reason && !CONSEQUENCE.test(reason)) {
          first = `${id} (${type}): ${reason}`.replaceAll(/\s+/g, ' ').slice(0, MOST_CHARACTERS);
        }
      }
    }
  } catch {
    return first;
  }
  return first;
}
