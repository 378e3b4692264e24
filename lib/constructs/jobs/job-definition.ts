import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DistributedMap,
  Fail,
  type IChainable,
  JsonPath,
  S3JsonItemReader,
  type StateMachine,
  StateMachineType,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { batchesAtOnce } from '../../settings/jobs.ts';
import { BATCH_INPUT, classifyBatch } from './batch.ts';
import { PREFIX } from './bucket.ts';
import { invoke, RETRY_FAILURE, RETRY_UNAVAILABLE } from './invoke.ts';
import type { VersionedFunction } from './versioned-function.ts';

/** Part of the ARN of a Map Run and of its executions. */
const LABEL = 'Batches';

export interface JobDefinitionProps {
  readonly bucket: IBucket;
  readonly worker: VersionedFunction;
  readonly steps: VersionedFunction;
  /** Workers of the stage. */
  readonly concurrency: number;
  readonly maxHours: number;
}

/**
 * The states of a job, whose input is `{ job_id }`: its inputs are cut into batches, the batches are classified, and
 * their results are put together.
 *
 * One batch that fails ends the job, and a redrive then runs what is left. Images that fail are results.
 */
export function jobDefinition(scope: Construct, props: JobDefinitionProps): IChainable {
  const { bucket, worker, steps, concurrency, maxHours } = props;
  const prepare = repeated(scope, 'Prepare', { steps, step: 'prepare' });
  const finish = repeated(scope, 'Finish', {
    steps,
    step: 'finish',
    more: { started_at: JsonPath.executionStartTime },
  });
  const refused = new Fail(scope, 'Inputs refused', {
    error: 'InputsRefused',
    causePath: `${prepare.answer}.failed`,
  });
  const batches = new DistributedMap(scope, 'Classify batches', {
    label: LABEL,
    mapExecutionType: StateMachineType.STANDARD,
    maxConcurrency: batchesAtOnce(concurrency),
    itemReader: new BatchReader({
      bucket,
      key: JsonPath.format(`${PREFIX.jobs}{}/batches.json`, JsonPath.stringAt('$.job_id')),
    }),
    itemSelector: BATCH_INPUT,
    resultPath: JsonPath.DISCARD,
  });
  batches.itemProcessor(classifyBatch(scope, { worker, steps, maxHours }));
  batches.next(finish.first);
  prepare.done
    .when(Condition.isPresent(`${prepare.answer}.failed`), refused)
    .when(Condition.booleanEquals(`${prepare.answer}.done`, true), batches)
    .otherwise(prepare.again);
  finish.done
    .when(Condition.booleanEquals(`${finish.answer}.done`, true), new Succeed(scope, 'Done'))
    .otherwise(finish.again);
  return prepare.first;
}

/** Says why the role of the machine may do something with all of its executions: CDK gives it what a Map Run needs. */
export function acknowledgeMapRun(machine: StateMachine): void {
  const id = Stack.of(machine).getLogicalId(machine.node.defaultChild as CfnElement);
  const name = `{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"${id}"}]}]}`;
  for (const executions of [name, `${name}/${LABEL}`]) {
    Validations.of(machine).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${executions}:*]`,
      reason:
        'A Map Run starts, stops and redrives executions of its own machine, whose names AWS generates.',
    });
  }
}

/** The role may read the list of batches, and no other object: lib/constructs/jobs/access.ts. */
class BatchReader extends S3JsonItemReader {
  override providePolicyStatements() {
    return [];
  }
}

interface RepeatedStep {
  readonly steps: VersionedFunction;
  readonly step: string;
  /** Of its event. @default nothing but the id of the job */
  readonly more?: Readonly<Record<string, unknown>>;
}

interface Repeated {
  readonly first: LambdaInvoke;
  /** With what the last call could not finish. */
  readonly again: LambdaInvoke;
  readonly done: Choice;
  /** The path of `{ done, continuation?, … }`. */
  readonly answer: string;
}

/** A step that may take longer than one call of a function. A path that is missing is an error, so there are two states. */
function repeated(scope: Construct, id: string, { steps, step, more = {} }: RepeatedStep): Repeated {
  const answer = `$.${step}`;
  const event = { step, 'job_id.$': '$.job_id', ...more };
  const first = invoke(scope, id, { target: steps, event, resultPath: answer });
  const again = invoke(scope, `${id} more`, {
    target: steps,
    event: { ...event, 'continuation.$': `${answer}.continuation` },
    resultPath: answer,
  });
  const done = new Choice(scope, `${id} done?`);
  for (const state of [first, again]) {
    state.addRetry(RETRY_UNAVAILABLE).addRetry(RETRY_FAILURE);
    state.next(done);
  }
  return { first, again, done, answer };
}
