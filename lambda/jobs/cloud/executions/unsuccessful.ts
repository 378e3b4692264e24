import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';

export interface UnsuccessfulExecution {
  readonly name: string;
  readonly stoppedAt: Date;
}

/** Those of one state machine that failed, timed out or were stopped: the last thousand of each, by when they were started. */
export type ListUnsuccessful = () => AsyncIterable<UnsuccessfulExecution>;

const STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;
/** The most that one call gives. More calls would take too much of what the account may ask in a second. */
const MOST_OF_EACH = 1000;

/** @param stateMachineArn of a standard state machine, without a version. */
export const listUnsuccessful = (client: SFNClient, stateMachineArn: string): ListUnsuccessful =>
  async function* () {
    for (const statusFilter of STATUSES) {
      const command = new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: MOST_OF_EACH });
      const { executions = [] } = await client.send(command);
      for (const { name, stopDate } of executions) if (name && stopDate) yield { name, stoppedAt: stopDate };
    }
  };
