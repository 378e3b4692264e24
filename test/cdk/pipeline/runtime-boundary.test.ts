import { describe, expect, it } from 'vitest';
import { createApp } from '../../../lib/app.ts';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { allows, type Policy, type Request, type Statement } from './iam.ts';
import {
  ACCOUNT,
  inputCapture,
  jobsWithSources,
  pipelineContext,
  policiesOf,
  REGION,
  resolved,
  type Template,
  tokenAuth,
  vpc,
} from './support.ts';

const variants = [
  ...PIPELINE_STAGES.map((stage) => [stage, stage, {}] as const),
  ['prod in a VPC', 'prod', { vpc }] as const,
  ['prod for callers with tokens', 'prod', { auth: tokenAuth }] as const,
  ['prod without the quality watch', 'prod', { qualityWatch: 'off' }] as const,
  ['prod that captures images', 'prod', { inputCapture }] as const,
  ['prod whose jobs read buckets', 'prod', { jobs: jobsWithSources }] as const,
];

/** What a reference to a resource of the stack stands for in a policy. */
const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
  'AWS::Lambda::Version': (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}:41`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
  'AWS::SecretsManager::Secret': (name) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`,
  'AWS::StepFunctions::StateMachine': (name) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name.toLowerCase()}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`,
};

function templateOf(stage: string, overrides: object): Template {
  const app = createApp({ context: pipelineContext(stage, overrides) });
  return app.synth().getStackByName(`resnet50-${stage}`).template;
}

/** What the roles of the stack are allowed by the stack. */
function grantsOf({ Resources }: Template, stage: string): Request[] {
  const lookUp = (logicalId: string, attribute?: string) => {
    const name = `resnet50-${stage}-${logicalId}-1A2B`;
    const type = Resources[logicalId]?.Type ?? '';
    // A reference to a function is its name.
    if (type === 'AWS::Lambda::Function' && attribute === undefined) return name;
    return ARNS[type]?.(name) ?? name;
  };
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => (resolved(Properties['PolicyDocument'], lookUp) as Policy).Statement)
    .flatMap(({ Action, Resource }: Statement) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
    );
}

describe.each(variants)('the runtime boundary of %s', (_, stage, overrides) => {
  const template = templateOf(stage, overrides);
  const { runtimeBoundary } = policiesOf(stage, overrides);

  it('leaves the roles of the stack what the stack gives them', () => {
    const grants = grantsOf(template, stage);
    expect(grants.length).toBeGreaterThan(10);
    expect(grants.filter((grant) => !allows(runtimeBoundary, grant))).toEqual([]);
  });

  it('is on every role of the stack', () => {
    const roles = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    const boundaries = roles.map(({ Properties }) => resolved(Properties['PermissionsBoundary']));
    expect(new Set(boundaries)).toEqual(
      new Set([`arn:aws:iam::${ACCOUNT}:policy/resnet50-pipeline-${stage}-runtime-boundary-${REGION}`]),
    );
  });

  it('leaves API Gateway what AWS says it needs to log, the only managed policy in the stack', () => {
    const attached = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .flatMap(({ Properties }) => resolved(Properties['ManagedPolicyArns'] ?? []));
    expect(attached).toEqual(['arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs']);
    const actions = [
      'CreateLogGroup',
      'CreateLogStream',
      'DescribeLogGroups',
      'DescribeLogStreams',
      'FilterLogEvents',
      'GetLogEvents',
      'PutLogEvents',
    ];
    const resource = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:another-api:*`;
    expect(
      actions.filter((action) => !allows(runtimeBoundary, { action: `logs:${action}`, resource })),
    ).toEqual([]);
  });

  it('lets a role query logs only if the stage has the quality watch, and only its own', () => {
    const mayQuery = (name: string) =>
      allows(runtimeBoundary, {
        action: 'logs:StartQuery',
        resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`,
      });
    const isWatched = JSON.stringify(template).includes('quality-watch.handler');
    expect(mayQuery(`resnet50-${stage}-Service-1A2B`)).toBe(isWatched);
    expect(mayQuery('another-service')).toBe(false);
    expect(allows(runtimeBoundary, { action: 'logs:GetQueryResults', resource: '*' })).toBe(isWatched);
  });

  it('lets the stage add captured images, if it captures any, but not read or delete them', () => {
    const resource = `arn:aws:s3:::resnet50-${stage}-captures-1a2b/captures/2026/11/27/a.jpeg`;
    const allowed = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:PutObjectAcl'].filter((action) =>
      allows(runtimeBoundary, { action, resource }),
    );
    expect(allowed).toEqual('inputCapture' in overrides ? ['s3:PutObject'] : []);
  });

  it.each([
    'apigateway:GET',
    'cloudformation:CreateStack',
    'iam:CreateRole',
    'iam:PassRole',
    'lambda:UpdateFunctionCode',
    's3:GetObject',
    'sts:AssumeRole',
  ])('does not allow %s', (action) => {
    expect(allows(runtimeBoundary, { action, resource: '*' })).toBe(false);
    expect(
      allows(runtimeBoundary, {
        action,
        resource: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:resnet50-${stage}-Service-1A2B`,
      }),
    ).toBe(false);
  });
});
