import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { objectOf } from '../../lambda/capture/object.ts';
import { readConfig } from '../../lambda/config.ts';
import { readStage, STAGE_NAMES } from '../../lib/stages.ts';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

const inputCapture = { percent: 0.5, keepDays: 30 };
/** Jobs have a bucket too: jobs.test.ts. */
const jobs = 'off';

describe('a stage that captures images', () => {
  const template = templateOf('prod', { inputCapture, jobs });
  const bucket = only(template, 'AWS::S3::Bucket');

  it('has a private, encrypted bucket that deletes the images and keeps no versions', () => {
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
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            ExpirationInDays: 30,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    });
    expect(bucket.properties).not.toHaveProperty('VersioningConfiguration');
  });

  it('denies everybody requests without TLS', () => {
    const { PolicyDocument } = only(template, 'AWS::S3::BucketPolicy').properties;
    expect(PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it('lets the service add images, and nobody else do anything', () => {
    const statements = Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, policy]) =>
      (policy['Properties'].PolicyDocument.Statement as { Action: string | string[] }[]).map((statement) => ({
        id,
        ...statement,
      })),
    );
    const onBuckets = statements.filter(({ Action }) =>
      [Action].flat().some((name) => name.startsWith('s3:')),
    );
    expect(onBuckets).toEqual([
      {
        id: expect.stringMatching(/^ServiceClassifierRole/),
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket.id, 'Arn'] }, '/captures/*']] },
        // A request that would replace an object has no such header.
        Condition: { Null: { 's3:if-none-match': 'false' } },
      },
    ]);
  });

  it('tells the service the bucket and the share, in a form that it accepts', () => {
    const { Variables } = functionEnvironment(template);
    expect(Variables).toMatchObject({ CAPTURE_BUCKET: { Ref: bucket.id }, CAPTURE_PERCENT: '0.5' });
    const environment = {
      ...Variables,
      CAPTURE_BUCKET: 'resnet50-prod-servicecaptures-1a2b',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
    };
    expect(readConfig(environment).capture?.share).toBe(0.005);
  });

  it('keeps the bucket if it keeps its logs', () => {
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate' });
    templateOf('dev', { inputCapture }).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });

  it('has the name of the bucket as an output', () => {
    template.hasOutput('CapturesBucket', { Value: { Ref: bucket.id } });
  });
});

it('the images of the service have names that its role may write', () => {
  const image = {
    requestId: 'request-1',
    index: undefined,
    bytes: new Uint8Array(),
    format: 'jpeg',
    model: { name: 'resnet50', version: '1.0.0' },
    top: { index: 0, probability: 1 },
  } as const;
  expect(objectOf(image, new Date()).key).toMatch(/^captures\//);
});

it.each(STAGE_NAMES)('stage %s captures nothing by default', (stage) => {
  expect(readStage(stage).settings.inputCapture).toBe('off');
});

it('without captured images there is no bucket, and the service gets no setting for one', () => {
  const template = templateOf('prod', { jobs });
  template.resourceCountIs('AWS::S3::Bucket', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { STAGE: 'prod', CAPTURE_BUCKET: Match.absent() } },
  });
});

it.each([
  [{ inputCapture: 'on' }, 'prod.inputCapture: expected "off" or an object with percent and keepDays'],
  [
    { inputCapture: { ...inputCapture, percent: 0 } },
    'prod.inputCapture.percent: expected a percentage from 0.01',
  ],
  [
    { inputCapture: { ...inputCapture, percent: 101 } },
    'prod.inputCapture.percent: expected a percentage from 0.01',
  ],
  [
    { inputCapture: { ...inputCapture, keepDays: 0 } },
    'prod.inputCapture.keepDays: expected a whole number of days',
  ],
  [{ inputCapture: { percent: 1 } }, 'prod.inputCapture.keepDays: expected a whole number of days'],
  [
    { inputCapture, coldStart: { kind: 'snapstart' } },
    'prod.inputCapture: expected "off" with coldStart.kind snapstart',
  ],
])('refuses %j and names the setting', (overrides, problem) => {
  expect(() => readStage('prod', { prod: overrides })).toThrow(problem);
});

function functionEnvironment(template: ReturnType<typeof templateOf>): {
  readonly Variables: Readonly<Record<string, unknown>>;
} {
  const [classifier] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { ImageConfig: { Command: ['index.handler'] } },
    }),
  );
  return classifier?.['Properties'].Environment;
}
