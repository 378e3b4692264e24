import { RemovalPolicy } from 'aws-cdk-lib';
import type { LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../settings.ts';

export type LogLifetime = Pick<LogGroupProps, 'retention' | 'removalPolicy'>;

/** How long a log is kept while its stack is there, and whether it outlives it. */
export function logLifetime({
  logRetentionDays,
  removalPolicy,
}: Pick<Settings, 'logRetentionDays' | 'removalPolicy'>): LogLifetime {
  return {
    retention: logRetentionDays,
    // Not on creation: a first deployment that fails would leave logs of nothing behind.
    removalPolicy:
      removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  };
}
