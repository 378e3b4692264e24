import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** Step Functions limits how often executions are listed, and an alarm waits for hours. */
const AGE_EVERY = Duration.minutes(5);

export interface StepsCalls {
  readonly steps: IFunction;
  readonly machine: IStateMachine;
  readonly stageName: string;
}

/**
 * What calls the steps, apart from the machine: the end of a job that did not succeed, which the machine itself cannot
 * handle, and a clock, which also ends the jobs of which EventBridge lost the event.
 */
export function callSteps(scope: Construct, { steps, machine, stageName }: StepsCalls): void {
  new Rule(scope, 'Ended', {
    description: `Keeps what jobs of stage ${stageName} have done that failed or were cancelled`,
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
    targets: [
      new LambdaFunction(steps, {
        event: RuleTargetInput.fromObject({
          step: 'close',
          job_id: EventField.fromPath('$.detail.name'),
          // Step Functions may have no answer for it when the steps ask whether the job was started again.
          end: {
            status: EventField.fromPath('$.detail.status'),
            startDate: EventField.fromPath('$.detail.startDate'),
            stopDate: EventField.fromPath('$.detail.stopDate'),
          },
        }),
      }),
    ],
  });
  new Rule(scope, 'Age', {
    description: `Measures the age of the oldest job of stage ${stageName}`,
    schedule: Schedule.rate(AGE_EVERY),
    // The next run is the retry.
    targets: [
      new LambdaFunction(steps, {
        event: RuleTargetInput.fromObject({ step: 'age' }),
        retryAttempts: 0,
        maxEventAge: AGE_EVERY,
      }),
    ],
  });
}
