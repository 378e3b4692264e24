import { PassThrough } from 'node:stream';
import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readStage } from '../../../../lib/stages.ts';
import { explainAwsError } from '../../../../scripts/lib/aws/explain-error.ts';
import { formatFindings, hasFailed } from '../../../../scripts/lib/findings/report.ts';
import { preflight } from '../../../../scripts/lib/preflight/preflight.ts';

const named = (name: string, message = '') => Object.assign(new Error(message), { name });
const stage = readStage('prod', { prod: { notificationEmails: ['ops@example.com'] } });
const run = async () => 'linux/amd64';

const sts = mockClient(STSClient);
const ssm = mockClient(SSMClient);
const lambda = mockClient(LambdaClient);
const formation = mockClient(CloudFormationClient);
const gateway = mockClient(APIGatewayClient);

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  for (const mock of [sts, ssm, lambda, formation, gateway]) mock.reset();
  sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/a' });
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '28' } });
  lambda
    .on(GetAccountSettingsCommand)
    .resolves({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } });
  formation
    .on(DescribeStacksCommand)
    .rejects(named('ValidationError', 'Stack with id resnet50-prod does not exist'));
  gateway.on(GetAccountCommand).resolves({});
});
afterEach(() => vi.unstubAllEnvs());

describe('the preflight', () => {
  it('passes for a first deployment to a ready account', async () => {
    const findings = await preflight({ stage, run });
    expect(findings.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'Node.js: ok',
      'Docker: ok',
      'memory: ok',
      'paging: ok',
      'region: ok',
      'credentials: ok',
      'bootstrap: ok',
      'CloudFormation: ok',
      'alias: ok',
      'concurrency: ok',
      'jobs: ok',
      'API logs: ok',
      'certificate: ok',
    ]);
    expect(hasFailed(findings)).toBe(false);
  });

  it('needs no Docker if the image was built elsewhere', async () => {
    const noDocker = async () => {
      throw new Error('no such program');
    };
    const findings = await preflight({ stage, builds: false, run: noDocker });
    expect(findings.map(({ name }) => name)).not.toContain('Docker');
    expect(hasFailed(findings)).toBe(false);
    expect(hasFailed(await preflight({ stage, run: noDocker }))).toBe(true);
  });

  it('does not check the account with expired credentials', async () => {
    sts.on(GetCallerIdentityCommand).rejects(named('ExpiredToken', 'The security token has expired'));
    const findings = await preflight({ stage, run });
    expect(findings.at(-1)).toMatchObject({ name: 'credentials', status: 'fail' });
    expect(hasFailed(findings)).toBe(true);
    expect([ssm, lambda, formation, gateway].flatMap((mock) => mock.calls())).toEqual([]);
  });

  it('fails without a region', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    const findings = await preflight({ stage, run });
    expect(findings.at(-1)).toMatchObject({ name: 'region', status: 'fail' });
  });

  it('reports a check without permission in one line, and runs the others', async () => {
    ssm
      .on(GetParameterCommand)
      .rejects(named('AccessDeniedException', 'User: a is not authorized to perform: ssm:GetParameter'));
    const findings = await preflight({ stage, run });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      {
        name: 'bootstrap',
        status: 'fail',
        found: 'no permission: User: a is not authorized to perform: ssm:GetParameter',
        advice: 'The check could not run. Fix this first.',
      },
    ]);
  });
});

describe('the report', () => {
  it('is plain text if the stream is not a terminal, with advice below each finding', () => {
    const text = formatFindings(
      [
        { name: 'one', status: 'ok', found: 'fine' },
        { name: 'other', status: 'fail', found: 'broken', advice: 'Fix it.' },
      ],
      new PassThrough(),
    );
    expect(text).toBe('ok   one    fine\nfail other  broken\n            → Fix it.');
  });
});

describe('an error of AWS in one line', () => {
  it('names the profile that has no credentials', () => {
    vi.stubEnv('AWS_PROFILE', 'acme');
    expect(explainAwsError(named('CredentialsProviderError', 'x'))).toMatch(/profile acme: .*--profile acme/);
    vi.unstubAllEnvs();
  });

  it.each([
    [named('ExpiredTokenException', 'x'), /have expired: sign in again/],
    [
      named('ValidationError', 'Stack [resnet50-dev] does not exist'),
      /no stack resnet50-dev .*deploy the stage/,
    ],
    [
      named('ValidationError', 'Stack with id resnet50-dev does not exist'),
      /no stack resnet50-dev .*deploy the stage/,
    ],
    [
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      /no AWS credentials found/,
    ],
    [
      named('CredentialsProviderError', 'The SSO session associated with this profile has expired'),
      /have expired/,
    ],
    [named('InvalidClientTokenId', 'x'), /rejects the credentials/],
    [named('AccessDenied', 'User: b may not\nsecond line'), /^no permission: User: b may not$/],
    [named('UnauthorizedException', 'User: b may not'), /^no permission: User: b may not$/],
    [Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), /cannot be reached \(ENOTFOUND\)/],
    [named('ThrottlingException', 'Rate exceeded'), /^ThrottlingException: Rate exceeded$/],
    [new Error('Region is missing'), /^no AWS region found: set AWS_REGION/],
    [new Error('ours'), /^ours$/],
  ])('%s', (error, line) => {
    expect(explainAwsError(error)).toMatch(line);
    expect(explainAwsError(error)).not.toContain('\n');
  });
});
