import type { LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../settings.ts';
import { dataRemoval } from './data-removal.ts';

export type LogLifetime = Pick<LogGroupProps, 'retention' | 'removalPolicy'>;

/** How long log entries are kept, and whether the log group outlives its CloudFormation stack. */
export function logLifetime(settings: Pick<Settings, 'logRetentionDays' | 'removalPolicy'>): LogLifetime {
  return { retention: settings.logRetentionDays, removalPolicy: dataRemoval(settings) };
}
