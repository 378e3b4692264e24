import type { Execution, ExecutionStatus } from './executions.ts';

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  RUNNING: 'running',
  // It failed, and is about to run again.
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'aborted',
};

/** @param status as Step Functions writes it. */
export const executionStatus = (status: string): ExecutionStatus => STATUS[status] ?? 'failed';

/**
 * The end of an execution, as an event of Step Functions has it:
 * docs.aws.amazon.com/step-functions/latest/dg/cw-events.html, "Step Functions event examples".
 */
export interface ReportedEnd {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** In milliseconds since 1970, like `stopDate`. */
  readonly startDate: number;
  readonly stopDate: number;
}

export const endedExecution = ({ status, startDate, stopDate }: ReportedEnd): Execution => ({
  status: executionStatus(status),
  startedAt: new Date(startDate),
  stoppedAt: new Date(stopDate),
});
