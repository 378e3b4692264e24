import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../lambda/config.ts';
import { grantsOf } from './jobs-support.ts';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

// The first is a folder, with or without its slash.
const sources = ['photos/2026', 'archive'];
const prod = templateOf('prod', { jobs: { sources } });
const bucket = only(prod, 'AWS::S3::Bucket');

describe('the bucket of jobs', () => {
  it('is private and encrypted, keeps no versions and deletes what is old', () => {
    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(bucket.properties).not.toHaveProperty('VersioningConfiguration');
    const daysOf = (template: typeof prod) =>
      Object.fromEntries(
        only(template, 'AWS::S3::Bucket').properties.LifecycleConfiguration.Rules.map(
          ({ Prefix, ExpirationInDays }: { Prefix: string; ExpirationInDays: number }) => [
            Prefix,
            ExpirationInDays,
          ],
        ),
      );
    expect(daysOf(prod)).toEqual({ 'uploads/': 1, 'jobs/': 14, 'results/': 7 });
    expect(daysOf(templateOf('prod', { jobs: { keepDays: 30 } }))).toMatchObject({ 'results/': 30 });
  });

  it('denies everybody requests without TLS 1.2, presigned or not, and allows nobody anything', () => {
    const { Statement } = only(prod, 'AWS::S3::BucketPolicy').properties.PolicyDocument;
    expect(Statement.map(({ Effect, Condition }: Record<string, unknown>) => [Effect, Condition])).toEqual(
      expect.arrayContaining([
        ['Deny', { Bool: { 'aws:SecureTransport': 'false' } }],
        ['Deny', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
      ]),
    );
    expect(Statement.filter(({ Effect }: Record<string, unknown>) => Effect !== 'Deny')).toEqual([]);
  });

  it('takes files from pages of the stage’s origins only, and gives results to any', () => {
    expect(bucket.properties).not.toHaveProperty('CorsConfiguration');
    const { CorsConfiguration } = only(
      templateOf('prod', { corsOrigins: ['https://app.example.com'] }),
      'AWS::S3::Bucket',
    ).properties;
    expect(CorsConfiguration.CorsRules).toMatchObject([
      { AllowedMethods: ['PUT'], AllowedOrigins: ['https://app.example.com'] },
      // After a redirect from another origin, browsers send the origin null.
      { AllowedMethods: ['GET', 'HEAD'], AllowedOrigins: ['*'] },
    ]);
  });
});

describe('only these roles', () => {
  const own = bucket.id;
  const s3 = grantsOf(prod, 's3');
  const named = (action: string) =>
    s3
      .filter((grant) => grant.action === action)
      .map(({ policy, resource }) => `${policy} ${resource.replace('arn:aws:s3:::', '')}`)
      .sort();

  it('read objects', () => {
    expect(named('GetObject')).toEqual(
      [
        `JobsMachine ${own}/jobs/*/batches.json`,
        ...['jobs', 'results', 'uploads'].map((prefix) => `JobsSteps ${own}/${prefix}/*`),
        `JobsWebhook ${own}/jobs/*`,
        `JobsWorker ${own}/jobs/*/inputs/*`,
        `JobsWorker ${own}/uploads/*`,
        'JobsWorker archive/*',
        'JobsWorker photos/2026/*',
        ...['jobs', 'results', 'uploads'].map((prefix) => `ServiceClassifier ${own}/${prefix}/*`),
      ].sort(),
    );
  });

  it('write objects, and nobody deletes them', () => {
    expect(named('PutObject')).toEqual(
      [
        // Only the service writes requests, which say whose a job is.
        ...['inputs/*', 'batches.json', 'prepared.json', 'closing.json', 'finished.json'].map(
          (name) => `JobsSteps ${own}/jobs/*/${name}`,
        ),
        `JobsSteps ${own}/results/*`,
        ...['parts', 'failed'].map((name) => `JobsWorker ${own}/results/*/${name}/*`),
        `ServiceClassifier ${own}/jobs/*/request.json`,
        `ServiceClassifier ${own}/uploads/*`,
      ].sort(),
    );
    expect(new Set(s3.map(({ action }) => action))).toEqual(
      new Set(['GetObject', 'PutObject', 'AbortMultipartUpload', 'ListBucket']),
    );
  });

  it('see the names of objects, those of a source below its prefix', () => {
    expect(named('ListBucket')).toEqual(
      [
        `JobsSteps ${own}`,
        'JobsSteps archive',
        'JobsSteps photos',
        `JobsWorker ${own}`,
        'JobsWorker archive',
        'JobsWorker photos',
        `ServiceClassifier ${own}`,
      ].sort(),
    );
    const prefixes = s3
      .filter(({ action, resource }) => action === 'ListBucket' && resource.endsWith('photos'))
      .map(({ condition }) => condition);
    const below = { StringLikeIfExists: { 's3:prefix': ['2026/*'] } };
    expect(prefixes).toEqual([below, below]);
  });

  it('start, watch and stop jobs, and send webhooks', () => {
    const states = grantsOf(prod, 'states')
      // What CDK gives the machine for its Map Run.
      .filter(({ policy }) => !policy.startsWith('JobsMachineDistributedMapPolicy'))
      .map(({ policy, action, resource }) => `${policy} ${action} ${resource.split(':').slice(5).join(':')}`);
    expect(states.sort()).toEqual(
      [
        'JobsSteps DescribeExecution execution:resnet50-prod-jobs:*',
        'JobsSteps ListExecutions stateMachine:resnet50-prod-jobs',
        'JobsSteps StartExecution stateMachine:resnet50-prod-webhooks',
        'ServiceClassifier DescribeExecution execution:resnet50-prod-jobs:*',
        'ServiceClassifier ListExecutions stateMachine:resnet50-prod-jobs',
        'ServiceClassifier StartExecution stateMachine:resnet50-prod-jobs',
        'ServiceClassifier StopExecution execution:resnet50-prod-jobs:*',
      ].sort(),
    );
  });

  it('read the secret of webhooks', () => {
    const { id: secret } = only(prod, 'AWS::SecretsManager::Secret');
    expect(grantsOf(prod, 'secretsmanager')).toEqual([
      { policy: 'JobsWebhook', action: 'GetSecretValue', resource: secret, condition: undefined },
    ]);
  });

  it('call workers: the state machine, in every version, because a job keeps the one that it began with', () => {
    const invoking = grantsOf(prod, 'lambda').filter(({ resource }) => /^Jobs\w+:\*$/.test(resource));
    expect(invoking.map(({ policy, resource }) => [policy, resource.replace(/Image\w+/, '')]).sort()).toEqual(
      [
        ['JobsMachine', 'JobsSteps:*'],
        ['JobsMachine', 'JobsWorker:*'],
        ['JobsWebhooks', 'JobsWebhook:*'],
      ],
    );
  });
});

describe('the functions of jobs', () => {
  const environmentOf = (command: string, template = prod) => {
    const functions = Object.values(
      template.findResources('AWS::Lambda::Function', {
        Properties: { ImageConfig: { Command: [command] } },
      }),
    );
    expect(functions).toHaveLength(1);
    return functions[0]?.['Properties'];
  };

  it('have the time that they need, and workers a concurrency of their own', () => {
    expect(environmentOf('job-worker.handler')).toMatchObject({
      Timeout: 900,
      MemorySize: 1769,
      ReservedConcurrentExecutions: 50,
    });
    // One caller's jobs, or receivers that never answer, take nothing from requests.
    expect(environmentOf('job-steps.handler')).toMatchObject({
      Timeout: 900,
      ReservedConcurrentExecutions: 10,
    });
    expect(environmentOf('job-webhook.handler')).toMatchObject({
      Timeout: 30,
      ReservedConcurrentExecutions: 5,
    });
  });

  it('read the images that the service lets upload, with its models', () => {
    const { Variables } = environmentOf(
      'job-worker.handler',
      templateOf('prod', { jobs: { maxUploadBytes: 50_000_000 } }),
    ).Environment;
    expect(Variables).toMatchObject({ MAX_IMAGE_BYTES: '50000000', MODELS: 'resnet50' });
  });

  it('are in the network of the service if they fetch images, and outside if they call AWS', () => {
    const vpc = {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    };
    const template = templateOf('prod', { vpc });
    const isInside = (command: string) => 'VpcConfig' in environmentOf(command, template);
    expect(['job-worker', 'job-steps', 'job-webhook'].map((name) => isInside(`${name}.handler`))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('give the service what it needs, in a form that it accepts', () => {
    const { Variables } = environmentOf('index.handler').Environment;
    const arn = 'arn:aws:states:eu-central-1:111122223333:stateMachine:resnet50-prod-jobs';
    const { jobs } = readConfig({
      ...Variables,
      JOBS_BUCKET: 'resnet50-prod-jobsbucket-1a2b',
      JOBS_STATE_MACHINE_ARN: arn,
      JOBS_ID_SALT: '0a1b',
      AWS_LAMBDA_FUNCTION_NAME: 'classifier',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
    });
    expect(jobs).toMatchObject({
      kind: 'cloud',
      bucket: 'resnet50-prod-jobsbucket-1a2b',
      stateMachineArn: arn,
      sources: [
        { bucket: 'photos', prefix: '2026' },
        { bucket: 'archive', prefix: '' },
      ],
      maxUploadBytes: 20_000_000,
    });
    expect(Variables.JOBS_BUCKET).toEqual({ Ref: bucket.id });
    // The UUID at the end of the stack's id: the same for as long as the stack exists.
    expect(Variables.JOBS_ID_SALT).toEqual({
      'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }],
    });
  });
});

describe('the end of a job', () => {
  const rules = Object.values(prod.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
  const { id: alerts } = Object.entries(prod.findResources('AWS::SNS::Topic'))
    .map(([id]) => ({ id }))
    .find(({ id }) => id.includes('Alerts')) ?? { id: '' };

  it('is written down by the steps, unless the machine has done it', () => {
    const ended = rules.find(({ EventPattern }) => EventPattern?.source?.includes('aws.states'));
    expect(ended.EventPattern.detail.status).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
    expect(JSON.stringify(ended.EventPattern.detail.stateMachineArn)).toMatch(/JobsMachine/);
    expect(ended.Targets).toMatchObject([
      {
        InputTransformer: {
          InputTemplate:
            '{"step":"close","job_id":<detail-name>,"end":{"status":<detail-status>,"startDate":<detail-startDate>,"stopDate":<detail-stopDate>}}',
        },
      },
    ]);
  });

  it('is reported to the alerts topic if that fails', () => {
    const configs = Object.values(prod.findResources('AWS::Lambda::EventInvokeConfig')).map(
      ({ Properties }) => Properties,
    );
    const steps = configs.find(({ FunctionName }) => FunctionName.Ref.startsWith('JobsSteps'));
    expect(steps.DestinationConfig.OnFailure.Destination).toEqual({ Ref: alerts });
  });

  it('is looked for every 5 minutes: the age of the oldest job is measured', () => {
    const age = rules.find(({ Targets }) =>
      Targets.some(({ Input }: { Input?: string }) => Input?.includes('age')),
    );
    expect(age).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Input: '{"step":"age"}' }],
    });
  });
});

it('a stage generates a secret for its webhooks, which fits Standard Webhooks, and shows where it is', () => {
  const { id, properties } = only(prod, 'AWS::SecretsManager::Secret');
  expect(properties).toMatchObject({
    Name: 'resnet50-prod-webhooks',
    GenerateSecretString: { GenerateStringKey: 'current', PasswordLength: 48, ExcludePunctuation: true },
  });
  prod.hasOutput('WebhookSecretArn', { Value: { Ref: id } });
  prod.hasOutput('JobsBucket', { Value: { Ref: bucket.id } });
  prod.hasOutput('JobsStateMachineArn', { Value: { Ref: Match.stringLikeRegexp('^JobsMachine') } });
});

it('a stage with jobs off has nothing of them', () => {
  const without = templateOf('prod', { jobs: 'off' }).toJSON();
  const ids = [...Object.keys(without['Resources']), ...Object.keys(without['Outputs'])];
  expect(ids.filter((id) => /job|webhook/i.test(id))).toEqual([]);
  expect(JSON.stringify(without)).not.toMatch(/JOBS_|AWS::StepFunctions|AWS::SecretsManager|AWS::S3::/);
});
