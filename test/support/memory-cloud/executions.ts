import type {
  Execution,
  ExecutionStatus,
  Executions,
} from '../../../lambda/jobs/cloud/executions/executions.ts';
import type { ReportedEnd } from '../../../lambda/jobs/cloud/executions/status.ts';
import type { ListUnsuccessful } from '../../../lambda/jobs/cloud/executions/unsuccessful.ts';

interface Run {
  readonly name: string;
  readonly input: object;
  status: ExecutionStatus;
  startedAt: Date;
  stoppedAt: Date | undefined;
  abort: AbortController;
  ended: Promise<void>;
}

export interface MemoryExecutions extends Executions {
  readonly unsuccessful: ListUnsuccessful;
  /** Names and inputs of all executions, in the order in which they were started. */
  readonly started: readonly { readonly name: string; readonly input: object }[];
  /** Starts a failed execution again, where it stopped. */
  redrive(name: string): void;
  /** Waits until nothing runs. */
  settle(): Promise<void>;
  /** How many answers of `describe` are still older than the execution. */
  staleAnswers: number;
}

/**
 * The rules of Step Functions for the executions of a standard state machine.
 *
 * @param run the state machine: it throws if the execution fails.
 * @param onUnsuccessful what the rule of EventBridge calls.
 */
export function createMemoryExecutions(
  run: (name: string, signal: AbortSignal, startedAt: Date) => Promise<void>,
  onUnsuccessful: (name: string, end: ReportedEnd) => Promise<void> = async () => {},
): MemoryExecutions {
  const runs = new Map<string, Run>();

  function begin(execution: Run): void {
    const { abort, name, startedAt } = execution;
    const end = async (status: ExecutionStatus): Promise<void> => {
      if (execution.status === 'running') {
        execution.status = status;
        execution.stoppedAt = new Date();
      }
      const { stoppedAt = startedAt } = execution;
      if (execution.status === 'succeeded') return;
      await onUnsuccessful(name, {
        status: execution.status === 'aborted' ? 'ABORTED' : 'FAILED',
        startDate: startedAt.getTime(),
        stopDate: stoppedAt.getTime(),
      });
    };
    execution.ended = run(name, abort.signal, startedAt).then(
      () => end('succeeded'),
      () => end('failed'),
    );
  }

  const executions: MemoryExecutions = {
    get started() {
      return [...runs.values()].map(({ name, input }) => ({ name, input }));
    },
    staleAnswers: 0,
    async start(name, input) {
      if (runs.has(name)) return;
      const execution: Run = {
        name,
        input,
        status: 'running',
        startedAt: new Date(),
        stoppedAt: undefined,
        abort: new AbortController(),
        ended: Promise.resolve(),
      };
      runs.set(name, execution);
      begin(execution);
    },
    async describe(name): Promise<Execution | undefined> {
      if (executions.staleAnswers > 0) {
        executions.staleAnswers -= 1;
        return undefined;
      }
      const execution = runs.get(name);
      if (!execution) return undefined;
      const { status, startedAt, stoppedAt } = execution;
      return { status, startedAt, stoppedAt };
    },
    async stop(name) {
      const execution = runs.get(name);
      if (execution?.status !== 'running') return execution?.stoppedAt;
      execution.status = 'aborted';
      execution.stoppedAt = new Date();
      execution.abort.abort(new Error('the execution was stopped'));
      return execution.stoppedAt;
    },
    async *running() {
      for (const { name, status, startedAt } of runs.values()) {
        if (status === 'running') yield { name, startedAt };
      }
    },
    async *unsuccessful() {
      for (const { name, status, stoppedAt } of runs.values()) {
        if (stoppedAt && status !== 'succeeded') yield { name, stoppedAt };
      }
    },
    redrive(name) {
      const execution = runs.get(name);
      if (!execution || execution.status === 'running') throw new Error(`${name} cannot be started again`);
      execution.status = 'running';
      execution.stoppedAt = undefined;
      execution.abort = new AbortController();
      begin(execution);
    },
    async settle() {
      await Promise.all([...runs.values()].map(({ ended }) => ended));
    },
  };
  return executions;
}
