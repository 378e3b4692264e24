import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { accessLogFormat } from '../../../lib/constructs/api/access-log.ts';
import { JobsBucket, PREFIX } from '../../../lib/constructs/jobs/bucket.ts';
import type { Auth } from '../../../lib/settings/auth.ts';
import { readStage, type StageName } from '../../../lib/stages.ts';
import { readText } from '../../support/markdown.ts';

const guide = readText('docs/security.md');

/** The row of a table that begins with this text. */
function row(start: string): string {
  const found = guide.split('\n').filter((line) => line.startsWith(`| ${start}`));
  if (found.length !== 1) throw new Error(`expected one row that begins with ${start}, got ${found.length}`);
  return found[0] ?? '';
}

const days = (count: number): string => `${count} day${count === 1 ? '' : 's'}`;

test('the logs are kept as long as the settings of the stages say', () => {
  const kept = (['dev', 'staging', 'prod'] as const satisfies readonly StageName[]).map(
    (stage) => `\`${stage}\` ${days(readStage(stage).settings.logRetentionDays)}`,
  );
  expect(row('Log of each function')).toContain(`| ${kept.join(', ')} |`);
});

test('uploads, jobs and results are kept as long as the rules of the bucket say', () => {
  const { settings } = readStage('prod');
  if (settings.jobs === 'off') throw new Error('expected prod to take jobs');
  const stack = new Stack();
  new JobsBucket(stack, 'Jobs', { jobs: settings.jobs, settings });
  const [bucket] = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'));
  const rules: readonly { readonly Prefix: string; readonly ExpirationInDays: number }[] =
    bucket?.['Properties'].LifecycleConfiguration.Rules;
  const rows = {
    [PREFIX.uploads]: row('[Uploads](#uploads-and-jobs), in S3'),
    [PREFIX.jobs]: row('Jobs, in S3'),
    [PREFIX.results]: row('Results, in S3'),
  };
  expect(rules).toHaveLength(Object.keys(rows).length);
  for (const { Prefix: prefix, ExpirationInDays: count } of rules) {
    expect(rows[prefix as keyof typeof rows]).toContain(`\`${prefix}\``);
    expect(rows[prefix as keyof typeof rows]).toContain(`| ${days(count)} |`);
  }
});

test('no stage captures images by default', () => {
  expect(row('[Captured images](#a-sample-of-the-images), in S3')).toContain('Off in all stages');
  for (const stage of ['local', 'dev', 'staging', 'prod'] as const) {
    expect(readStage(stage).settings.inputCapture).toBe('off');
  }
});

test('the row of the access log names all of its fields that tell who called', () => {
  const auth: Auth = { kind: 'iam', accounts: [] };
  const fields = Object.keys(JSON.parse(accessLogFormat(auth).toString()));
  const harmless =
    /^(request_id|extended_request_id|xray_trace_id|time_epoch_ms|protocol|method|path|resource_path|status|latency_ms|response_bytes|integration_\w+|error_type|waf_\w+)$/;
  const telling = fields.filter((field) => !harmless.test(field));
  expect(telling).toContain('ip');
  expect(telling.filter((field) => !row('Access log').includes(`\`${field}\``))).toEqual([]);
});

test('Prometheus keeps its history as long as the guide says', () => {
  const { services } = parse(readText('compose.yaml'));
  const retention = services.prometheus.command.find((part: string) => part.includes('retention.time'));
  const [, count] = /=(\d+)d$/.exec(retention) ?? [];
  expect(row('Metrics for Prometheus')).toContain(`keeps them for ${count} days`);
});
