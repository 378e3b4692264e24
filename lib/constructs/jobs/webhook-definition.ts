import { Duration } from 'aws-cdk-lib';
import { Errors, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { invoke, RETRY_UNAVAILABLE } from './invoke.ts';
import type { VersionedFunction } from './versioned-function.ts';

/** lambda/jobs/webhook throws it if the receiver answers 410: it wants no more messages. */
const GONE = 'WebhookGone';

/**
 * Sends one message, whose input is `{ job_id, type }`. Further attempts follow after 5 s, 30 s, 3 min, 18 min, 2 h, and four
 * times after 6 h: about a day.
 */
export function webhookDefinition(scope: Construct, webhook: VersionedFunction): IChainable {
  const send = invoke(scope, 'Send', {
    target: webhook,
    event: { 'job_id.$': '$.job_id', 'type.$': '$.type' },
    resultPath: '$.sent',
  });
  send
    .addRetry({ errors: [GONE], maxAttempts: 0 })
    .addRetry(RETRY_UNAVAILABLE)
    .addRetry({
      errors: [Errors.ALL],
      interval: Duration.seconds(5),
      backoffRate: 6,
      maxDelay: Duration.hours(6),
      maxAttempts: 9,
    })
    .addCatch(new Succeed(scope, 'Receiver is gone'), { errors: [GONE], resultPath: '$.error' });
  return send.next(new Succeed(scope, 'Sent'));
}
