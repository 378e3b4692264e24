import type { PreparedDocument } from '../documents.ts';
import type { ExecutionStatus } from '../executions/executions.ts';

/** Why a job failed, in words for its owner. What Step Functions says of it stays inside. */
export function reasonOf(
  status: ExecutionStatus,
  prepared: PreparedDocument | undefined,
): string | undefined {
  switch (status) {
    case 'failed':
      return prepared && 'failed' in prepared
        ? prepared.failed
        : 'The service failed while it worked on the job.';
    case 'timed out':
      return 'The job took longer than a job may take.';
    default:
      return undefined;
  }
}
