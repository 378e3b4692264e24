import { readFileSync } from 'node:fs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { STAGE_NAMES } from '../../lib/stages.ts';
import { appOf } from './support.ts';

const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c';
const domain = {
  name: 'api.example.com',
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  hostedZoneName: 'example.com',
  certificateArn,
};
const vpc = {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['eu-central-1a'],
  privateSubnetIds: ['subnet-0123456789abcdef0'],
};

const notificationEmails = ['ops@example.com'];
const variants = [
  ...STAGE_NAMES.map((stage) => [stage, stage, { notificationEmails }] as const),
  ['prod with SnapStart', 'prod', { notificationEmails, coldStart: { kind: 'snapstart' } }] as const,
  [
    'prod with a domain and a watch on cost, in a VPC, for a web page',
    'prod',
    {
      notificationEmails,
      domain,
      vpc,
      corsOrigins: ['https://app.example.com'],
      costWatch: { requestsPerSecond: 5, percentOfExpected: 150, anomalyUsd: 20 },
    },
  ] as const,
  [
    'prod without keys, firewall, probe and quality watch',
    'prod',
    { notificationEmails, auth: 'off', waf: 'off', probe: 'off', qualityWatch: 'off' },
  ] as const,
  [
    'prod for callers of other accounts, with AWS credentials',
    'prod',
    { notificationEmails, auth: { kind: 'iam', accounts: ['210987654321'] } },
  ] as const,
  [
    'prod for callers with tokens of Cognito',
    'prod',
    {
      notificationEmails,
      auth: {
        kind: 'jwt',
        tokens: {
          from: 'cognito',
          userPoolArn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12',
        },
        scopes: ['vision/predict'],
      },
    },
  ] as const,
  [
    'prod for callers with tokens of another issuer',
    'prod',
    {
      notificationEmails,
      vpc,
      auth: {
        kind: 'jwt',
        tokens: { from: 'oidc', issuer: 'https://login.example.com/', audiences: ['api://vision'] },
      },
    },
  ] as const,
  [
    'prod that notifies endpoints and chats',
    'prod',
    {
      notificationUrls: [{ url: 'https://events.example.com/key', receives: 'pages' }],
      notificationChats: [
        { kind: 'slack', workspaceId: 'T0123456789', channelId: 'C0123456789' },
        {
          kind: 'teams',
          tenantId: '12345678-1234-1234-1234-123456789012',
          teamId: 'abcdefab-1234-1234-1234-123456789012',
          channelId: '19%3aab%40thread.tacv2',
        },
      ],
    },
  ] as const,
  [
    'dev that watches its predictions without traces',
    'dev',
    { tracing: false, logRetentionDays: 30, qualityWatch: { baselineFrom: '2026-01-31' } },
  ] as const,
  [
    'prod that captures images',
    'prod',
    { notificationEmails, inputCapture: { percent: 1, keepDays: 30 } },
  ] as const,
  [
    'prod that adds environments after spillover',
    'prod',
    { notificationEmails, coldStart: { step: { environments: 2 } } },
  ] as const,
];

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

/** Warnings do not stop the synthesis; errors do. */
function findings(app: ReturnType<typeof appOf>): string[] {
  const { directory } = app.synth();
  const report: Report = JSON.parse(readFileSync(`${directory}/validation-report.json`, 'utf8'));
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

describe.each(variants)('the app of %s', (_, stage, overrides) => {
  it('has no findings of cdk-nag or CloudFormation, and no warnings', () => {
    const app = appOf(stage, overrides);
    expect(findings(app)).toEqual([]);
    const { messages } = app.synth().getStackByName(`resnet50-${stage}`);
    expect(messages.map(({ entry, id }) => `${id}: ${entry.data}`)).toEqual([]);
  });
});

describe('a stage that pages nobody', () => {
  const warnings = (stage: 'prod' | 'staging', overrides: object = {}) =>
    appOf(stage, overrides)
      .synth()
      .getStackByName(`resnet50-${stage}`)
      .messages.map(({ entry }) => String(entry.data));

  it('is warned about in prod, unless its settings say so', () => {
    expect(warnings('prod')).toEqual([expect.stringContaining('A page would reach nobody')]);
    expect(warnings('prod', { paging: false })).toEqual([]);
    expect(warnings('staging')).toEqual([]);
  });
});

describe('validation', () => {
  it('reports a violation of an AwsSolutions rule', () => {
    const app = appOf('dev');
    new Bucket(app.node.findChild('resnet50-dev'), 'Open');
    expect(() => app.synth()).toThrow('AwsSolutions-S1');
  });
});
