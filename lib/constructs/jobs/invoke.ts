import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { VersionedFunction } from './versioned-function.ts';

/** Lambda ends a function at the same time. The rest is for the call itself. */
const TIMEOUT = Duration.minutes(16);

/**
 * Errors before or beside the function's own code, for which no image is to blame: no concurrency is free, or Lambda or
 * the network has a fault. docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html, "Handle transient Lambda
 * service exceptions".
 */
export const UNAVAILABLE = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.EC2ThrottledException',
  'Lambda.ENILimitReachedException',
];

/** For about half a day, because the concurrency of these functions is reserved, and others may have all of it. */
export const RETRY_UNAVAILABLE: RetryProps = {
  errors: UNAVAILABLE,
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(2),
  maxAttempts: 800,
  jitterStrategy: JitterType.FULL,
};

/** Of the function itself, such as a fault of S3 that outlasts the retries of the SDK. A step can be repeated. */
export const RETRY_FAILURE: RetryProps = {
  errors: [Errors.ALL],
  interval: Duration.seconds(10),
  backoffRate: 3,
  maxAttempts: 3,
};

export interface Invocation {
  readonly target: VersionedFunction;
  /** Of the event. Names that end in `.$` are paths into the state's input. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Where the answer goes in the state's output. */
  readonly resultPath: string;
}

/** A state that calls the published version of a function. Its answer is the function's, without Lambda's own. */
export function invoke(scope: Construct, id: string, invocation: Invocation): LambdaInvoke {
  const { target, event, resultPath } = invocation;
  return new LambdaInvoke(scope, id, {
    lambdaFunction: target.version,
    payload: TaskInput.fromObject(event),
    payloadResponseOnly: true,
    resultPath,
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(TIMEOUT),
  });
}
