import { RemovalPolicy } from 'aws-cdk-lib';
import type { LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../settings.ts';

export type LogLifetime = Pick<LogGroupProps, 'retention' | 'removalPolicy'>;

/** How long log entries are kept, and whether the log group outlives its CloudFormation stack. */
export function logLifetime({
  logRetentionDays,
  removalPolicy,
}: Pick<Settings, 'logRetentionDays' | 'removalPolicy'>): LogLifetime {
  return {
    retention: logRetentionDays,
    // RETAIN would also keep empty log groups of a first deployment that failed.
    removalPolicy:
      removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  };
}
