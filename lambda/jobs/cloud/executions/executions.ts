/** The executions of one state machine of Step Functions. */
export interface Executions {
  /**
   * Starts an execution. If there was one with this name in the last 90 days, nothing happens.
   *
   * @throws ServiceError `overloaded` if Step Functions takes no more; errors of the AWS SDK.
   */
  start(name: string, input: object): Promise<void>;
  /**
   * What happened a moment ago may be missing.
   *
   * @returns undefined if there is no such execution, or it cannot be seen yet.
   * @throws ServiceError `overloaded` above the rate of Step Functions, which is some ten calls a second by default.
   */
  describe(name: string): Promise<Execution | undefined>;
  /**
   * Stops an execution. One that has ended stays as it is.
   *
   * @returns when it was stopped; undefined if there is no such execution.
   */
  stop(name: string): Promise<Date | undefined>;
  /** @throws ServiceError `overloaded`, like `describe`. */
  running(): AsyncIterable<RunningExecution>;
}

export interface RunningExecution {
  readonly name: string;
  /** When it was started, or started again. */
  readonly startedAt: Date;
}

export type ExecutionStatus = 'running' | 'succeeded' | 'failed' | 'timed out' | 'aborted';

export interface Execution {
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  /** Undefined while it runs. */
  readonly stoppedAt: Date | undefined;
}
