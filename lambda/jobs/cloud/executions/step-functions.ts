import {
  DescribeExecutionCommand,
  paginateListExecutions,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ServiceError } from '../../../errors.ts';
import type { Executions } from './executions.ts';
import { executionStatus } from './status.ts';

/** What the SDK throws when it has retried for as long as it does. */
const BUSY: ReadonlySet<string> = new Set(['ThrottlingException', 'ExecutionLimitExceeded']);
const RETRY_AFTER_SECONDS = 10;

/** The most executions of one page. */
const PAGE = 1000;

const nameOf = (error: unknown): string => (error as Error).name;

/** @throws ServiceError `overloaded` where that is the reason; else the error itself. */
function refuseIfBusy(cause: unknown): never {
  if (!BUSY.has(nameOf(cause))) throw cause;
  const detail = 'The service has too many requests about jobs. Send the request again.';
  throw new ServiceError('overloaded', detail, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/** @param stateMachineArn of a standard state machine, without a version. */
export function stepFunctions(client: SFNClient, stateMachineArn: string): Executions {
  const arnOf = (name: string): string =>
    `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

  return {
    async start(name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      } catch (cause) {
        if (nameOf(cause) === 'ExecutionAlreadyExists') return;
        refuseIfBusy(cause);
      }
    },
    async describe(name) {
      try {
        const answer = await client.send(new DescribeExecutionCommand({ executionArn: arnOf(name) }));
        const { status = '', startDate = new Date(0), stopDate } = answer;
        // Of an execution that runs again, it may be the end before.
        const known = executionStatus(status);
        return {
          status: known,
          startedAt: startDate,
          stoppedAt: known === 'running' ? undefined : stopDate,
        };
      } catch (error) {
        if (nameOf(error) === 'ExecutionDoesNotExist') return undefined;
        return refuseIfBusy(error);
      }
    },
    async stop(name) {
      try {
        const { stopDate } = await client.send(new StopExecutionCommand({ executionArn: arnOf(name) }));
        return stopDate;
      } catch (error) {
        if (nameOf(error) === 'ExecutionDoesNotExist') return undefined;
        return refuseIfBusy(error);
      }
    },
    async *running() {
      const pages = paginateListExecutions(
        { client, pageSize: PAGE },
        { stateMachineArn, statusFilter: 'RUNNING' },
      );
      try {
        for await (const { executions = [] } of pages) {
          for (const { name, startDate, redriveDate } of executions) {
            const startedAt = redriveDate ?? startDate;
            if (name !== undefined && startedAt) yield { name, startedAt };
          }
        }
      } catch (error) {
        refuseIfBusy(error);
      }
    },
  };
}
