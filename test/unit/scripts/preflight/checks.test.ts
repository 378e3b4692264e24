import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { readStage } from '../../../../lib/stages.ts';
import { checkBootstrap, checkStack } from '../../../../scripts/lib/preflight/account.ts';
import { checkCertificate, checkGatewayLogs } from '../../../../scripts/lib/preflight/gateway.ts';
import { checkJobs } from '../../../../scripts/lib/preflight/jobs.ts';
import { checkConcurrency, checkMemory } from '../../../../scripts/lib/preflight/lambda-limits.ts';
import { checkDocker, checkNode, type RunProgram } from '../../../../scripts/lib/preflight/machine.ts';
import { checkPaging } from '../../../../scripts/lib/preflight/paging.ts';
import { bootstrapOf } from '../../../../scripts/lib/stages/load.ts';

const named = (name: string, message = '') => Object.assign(new Error(message), { name });
const where = { account: '111122223333', region: 'eu-central-1' };

describe('the concurrency of the account', () => {
  const account = (total: number, unreserved = total) => {
    const lambda = new LambdaClient({ region: where.region });
    mockClient(lambda)
      .on(GetAccountSettingsCommand)
      .resolves({
        AccountLimit: { ConcurrentExecutions: total, UnreservedConcurrentExecutions: unreserved },
      });
    return lambda;
  };
  const { settings: prod } = readStage('prod');
  const { settings: dev } = readStage('dev');
  const quick = { ...prod, throttle: { ...prod.throttle, slow: { ratePerSecond: 0.1, burst: 1 } } };
  const scheduled = readStage('prod', {
    prod: { coldStart: { schedules: [{ name: 'Peak', cron: '0 8 ? * MON-FRI *', min: 3, max: 40 }] } },
  }).settings;
  const tight = readStage('prod', { prod: { reservedConcurrency: 10 } }).settings;
  const reserved = readStage('prod', { prod: { reservedConcurrency: 500 } }).settings;
  const tokens = { from: 'oidc', issuer: 'https://login.example.com', audiences: ['api://vision'] };
  const checksTokens = readStage('dev', { dev: { auth: { kind: 'jwt', tokens } } }).settings;
  const quickAndChecksTokens = { ...quick, auth: checksTokens.auth };

  it.each([
    ['a new account cannot hold warm environments', 10, 10, prod, 'fail'],
    ['the stage and what AWS keeps just fit', 175, 175, quick, 'ok'],
    ['slow requests may occupy more than half of what jobs leave', 992, 992, prod, 'warn'],
    ['slow requests may occupy just half of what jobs leave', 993, 993, prod, 'ok'],
    ['without jobs, the account may be smaller', 928, 928, { ...prod, jobs: 'off' }, 'ok'],
    ['slow requests may occupy more than half of a reservation', 2000, 2000, reserved, 'warn'],
    ['one less does not fit', 174, 174, prod, 'fail'],
    ['schedules count', 204, 204, scheduled, 'fail'],
    ['other functions hold too much', 1000, 100, prod, 'warn'],
    ['a new account runs a stage on demand, slowly', 10, 10, dev, 'warn'],
    ['a new account cannot reserve concurrency for the check of tokens', 10, 10, checksTokens, 'fail'],
    ['an ordinary account can', 1000, 1000, checksTokens, 'ok'],
    ['the check of tokens just fits', 195, 195, quickAndChecksTokens, 'ok'],
    ['the check of tokens does not fit', 194, 194, quickAndChecksTokens, 'fail'],
    ['an ordinary account runs it', 1000, 1000, dev, 'ok'],
    ['a reservation with room for the check', 1000, 1000, { ...quick, reservedConcurrency: 500 }, 'ok'],
    ['a reservation that is all provisioned', 1000, 1000, tight, 'warn'],
  ] as const)('%s', async (_, total, unreserved, settings, status) => {
    expect(await checkConcurrency(account(total, unreserved), settings)).toMatchObject({ status });
  });

  it('says how to ask for more', async () => {
    expect(await checkConcurrency(account(10), prod)).toMatchObject({
      found: expect.stringMatching(/10 concurrent executions.*reserves 75, 65 of them for jobs.*keeps 100/),
      advice: expect.stringMatching(/^Lower jobs.concurrency.*--quota-code L-B99A9384 --desired-value 1000$/),
    });
  });
});

describe('jobs', () => {
  const { settings } = readStage('prod');
  const { jobs } = settings;
  const workers = (concurrency: number) => ({
    ...settings,
    jobs: jobs === 'off' ? jobs : { ...jobs, concurrency },
  });
  const vpc = { vpcId: 'vpc-1', availabilityZones: [], privateSubnetIds: [] };

  it.each([
    ['the defaults', settings, 'eu-central-1', 'ok', /^50 workers/],
    ['none', { ...settings, jobs: 'off' }, 'eu-central-1', 'ok', /no jobs/],
    ['more photos a second than S3 takes', workers(221), 'eu-central-1', 'warn', /5525 photos.*5500/],
    ['more transitions than a small region takes', workers(801), 'eu-central-1', 'warn', /801 state.*800/],
    ['as many in a large region', workers(801), 'us-east-1', 'warn', /photos a second/],
    ['a VPC', { ...settings, vpc }, 'eu-central-1', 'warn', /S3 and Step Functions/],
  ] as const)('%s', (_, given, region, status, found) => {
    expect(checkJobs(given, region)).toMatchObject({ status, found: expect.stringMatching(found) });
  });
});

it('warns of more memory than new accounts allow', () => {
  expect(checkMemory({ memoryMiB: 3008 }).status).toBe('ok');
  expect(checkMemory({ memoryMiB: 3009 }).status).toBe('warn');
});

const pipeline = {
  github: { owner: 'octo-org', ownerId: 123456, repository: 'classifier', repositoryId: 456789 },
};

describe('the CDK bootstrap', () => {
  const ssm = (answer: { version: string } | Error, qualifier = 'hnb659fds') => {
    const client = new SSMClient({ region: where.region });
    const call = mockClient(client).on(GetParameterCommand, { Name: `/cdk-bootstrap/${qualifier}/version` });
    if (answer instanceof Error) call.rejects(answer);
    else call.resolves({ Parameter: { Value: answer.version } });
    return client;
  };

  it.each([
    ['28', 'ok'],
    ['6', 'ok'],
    ['5', 'fail'],
  ])('version %s: %s', async (version, status) => {
    expect(await checkBootstrap(ssm({ version }), where)).toMatchObject({ status });
  });

  it('is required', async () => {
    expect(await checkBootstrap(ssm(named('ParameterNotFound')), where)).toMatchObject({
      status: 'fail',
      advice: 'npx cdk bootstrap aws://111122223333/eu-central-1',
    });
  });

  it.each([
    [{ qualifier: 'r50prod', isOfPipeline: true }, /the pipeline’s output BootstrapCommand/],
    [{ qualifier: 'team', isOfPipeline: false }, /^npx cdk bootstrap aws:\S+ --qualifier team$/],
  ])('with another qualifier: says how to create it: %j', async (bootstrap, advice) => {
    const missing = ssm(named('ParameterNotFound'), bootstrap.qualifier);
    expect(await checkBootstrap(missing, { ...where, bootstrap })).toMatchObject({
      status: 'fail',
      advice: expect.stringMatching(advice),
    });
  });

  it.each([
    ['prod', { pipeline }, { qualifier: 'r50prod', isOfPipeline: true }],
    ['local', { pipeline }, undefined],
    ['prod', {}, undefined],
    ['prod', { '@aws-cdk/core:bootstrapQualifier': 'team' }, { qualifier: 'team', isOfPipeline: false }],
  ] as const)('of %s with the context %j: %j', (stage, context, expected) => {
    expect(bootstrapOf(stage, context)).toEqual(expected);
  });

  it('does not count as missing if it cannot be read', async () => {
    await expect(checkBootstrap(ssm(named('AccessDeniedException')), where)).rejects.toThrow();
  });
});

describe('the CloudFormation stack', () => {
  const formation = (answer: string | Error, EnableTerminationProtection = false) => {
    const client = new CloudFormationClient({ region: where.region });
    const call = mockClient(client).on(DescribeStacksCommand, { StackName: 'resnet50-prod' });
    if (answer instanceof Error) call.rejects(answer);
    else {
      call.resolves({
        Stacks: [
          {
            StackName: 'resnet50-prod',
            CreationTime: new Date(),
            StackStatus: answer as never,
            EnableTerminationProtection,
          },
        ],
      });
    }
    return client;
  };

  it.each([
    ['UPDATE_COMPLETE', 'ok'],
    ['UPDATE_ROLLBACK_COMPLETE', 'ok'],
    ['ROLLBACK_COMPLETE', 'warn'],
    ['UPDATE_ROLLBACK_FAILED', 'fail'],
    ['UPDATE_IN_PROGRESS', 'fail'],
  ])('%s: %s', async (state, status) => {
    expect(await checkStack(formation(state), 'resnet50-prod')).toMatchObject({ status });
  });

  it('fails if its first deployment failed and it is protected', async () => {
    expect(await checkStack(formation('ROLLBACK_COMPLETE', true), 'resnet50-prod')).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('--no-enable-termination-protection --stack-name resnet50-prod'),
    });
  });

  it('may be missing before the first deployment', async () => {
    const missing = named('ValidationError', 'Stack with id resnet50-prod does not exist');
    expect(await checkStack(formation(missing), 'resnet50-prod')).toMatchObject({ status: 'ok' });
    await expect(checkStack(formation(named('ValidationError', 'other')), 'resnet50-prod')).rejects.toThrow(
      'other',
    );
  });
});

describe('API Gateway', () => {
  it.each([
    [undefined, 'ok'],
    ['arn:aws:iam::111122223333:role/resnet50-prod-ApiRestCloudWatchRole-X', 'ok'],
    ['arn:aws:iam::111122223333:role/logs-of-another-team', 'warn'],
  ])('the log role %s: %s', async (cloudwatchRoleArn, status) => {
    const client = new APIGatewayClient({ region: where.region });
    mockClient(client)
      .on(GetAccountCommand)
      .resolves(cloudwatchRoleArn ? { cloudwatchRoleArn } : {});
    expect(await checkGatewayLogs(client)).toMatchObject({ status });
  });

  it('needs a certificate in its own region', () => {
    const domain = {
      name: 'api.example.com',
      hostedZoneId: 'Z1',
      hostedZoneName: 'example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1',
    };
    expect(checkCertificate({ domain }, 'us-east-1').status).toBe('ok');
    expect(checkCertificate({ domain }, 'eu-central-1')).toMatchObject({
      status: 'fail',
      found: 'domain.certificateArn is in us-east-1, the API in eu-central-1',
    });
    expect(checkCertificate({ domain: 'off' }, 'eu-central-1').status).toBe('ok');
  });
});

describe('this machine', () => {
  const engine =
    (platform: string, builder?: string): RunProgram =>
    async (_, args) => {
      if (args[0] === 'version') return `${platform}\n`;
      if (builder === undefined) throw new Error('docker: buildx is not a docker command');
      return `Name: default\nPlatforms: ${builder}\n`;
    };

  it.each([
    ['is of the architecture', engine('linux/amd64'), 'x86_64', 'ok'],
    ['emulates it', engine('linux/amd64', 'linux/amd64*, linux/arm64*'), 'arm64', 'ok'],
    ['does not emulate it', engine('linux/amd64', 'linux/amd64, linux/amd64/v2'), 'arm64', 'fail'],
    ['does not say', engine('linux/arm64'), 'x86_64', 'warn'],
    ['does not answer', () => Promise.reject(new Error('refused')), 'x86_64', 'fail'],
  ] as const)('Docker %s', async (_, run, architecture, status) => {
    expect(await checkDocker({ architecture }, { run })).toMatchObject({ status });
  });

  it('runs the program that CDK_DOCKER names', async () => {
    const asked: string[] = [];
    const run: RunProgram = async (program) => {
      asked.push(program);
      return 'linux/amd64';
    };
    await checkDocker({ architecture: 'x86_64' }, { program: 'finch', run });
    expect(asked).toEqual(['finch']);
  });

  it('needs a Node.js that is new enough', () => {
    expect(checkNode('24.0.0').status).toBe('ok');
    expect(checkNode('22.20.1').status).toBe('warn');
  });
});

describe('paging', () => {
  const url = 'https://events.example.com/key';
  const chat = { kind: 'slack', workspaceId: 'T0123456789', channelId: 'C0123456789' };

  it.each([
    ['nobody', {}, 'fail'],
    ['an address', { notificationEmails: ['ops@example.com'] }, 'ok'],
    ['an endpoint for pages', { notificationUrls: [{ url, receives: 'pages' }] }, 'ok'],
    ['an endpoint for alerts only', { notificationUrls: [{ url, receives: 'alerts' }] }, 'fail'],
    ['a channel', { notificationChats: [chat] }, 'ok'],
    ['nobody, on purpose', { paging: false }, 'ok'],
  ])('to %s', (_, settings, status) => {
    expect(checkPaging(readStage('prod', { prod: settings }))).toMatchObject({ status });
  });

  it('needs nobody on an emulator', () => {
    expect(checkPaging(readStage('local'))).toMatchObject({ status: 'ok' });
  });
});
