import { describe, expect, it } from 'vitest';
import { createApp } from '../../../lib/app.ts';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { RESOURCE_TYPES, requestsOf } from './handlers.ts';
import { allows, type Request } from './iam.ts';
import {
  ACCOUNT,
  costWatch,
  domain,
  github,
  inputCapture,
  jobsWithSources,
  notificationChats,
  pipelineContext,
  pipelineTemplateOf,
  policiesOf,
  REGION,
  roleOf,
  sharedImages,
  vpc,
} from './support.ts';
import { trusts } from './trust.ts';

/** Everything that needs more permissions. */
const ALL = { costWatch, domain, inputCapture, jobs: jobsWithSources, notificationChats, vpc };

const variants = [
  ...PIPELINE_STAGES.map((stage) => [stage, stage, {}] as const),
  ['prod with all that needs more permissions', 'prod', ALL] as const,
];

/** Whether a call only reads. */
const isRead = ({ action }: Request) => /:(Get|List|Describe|View)|^apigateway:GET$/.test(action);

/**
 * What drift detection may not read, though a handler does. Such a resource is listed as a warning, or the
 * handler reads it for something else than a comparison.
 */
const NOT_READ = [
  // A key has its value, and a plan's list of keys theirs.
  /^apigateway:GET .*\/(apikeys|usageplans\/a1b2c3\/keys)\//,
  // Only a new secret and its template.
  /^secretsmanager:Get(SecretValue|RandomPassword) /,
  // The addresses of subscribers of all topics of the account.
  /^sns:GetSubscriptionAttributes \*$/,
  // The names of photos.
  /^s3:ListBucket /,
  // The progress of an update.
  /^codedeploy:(Get|List)DeploymentTargets? \*$/,
  /^codedeploy:GetApplicationRevision /,
  // Metrics for a policy of another kind, and instances in a security group that is deleted.
  /^cloudwatch:GetMetricData \*$/,
  /^ec2:DescribeInstances \*$/,
  // Changes of a record.
  /^route53:GetChange /,
  // Before Lambda completes the policy of the repository.
  /^ecr:GetRepositoryPolicy /,
];
const told = ({ action, resource }: Request) => `${action} ${resource}`;
const mayStayUnread = (request: Request) => NOT_READ.some((pattern) => pattern.test(told(request)));

describe.each(variants)('scheduled work on %s', (_, stage, overrides) => {
  const { scheduled } = policiesOf(stage, overrides);
  const own = `resnet50-${stage}`;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  const lambda = arn('lambda', `function:${own}-Service-1A2B`);
  const copies = arn('ecr', `repository/cdk-r50${stage}-container-assets-${ACCOUNT}-${REGION}`);
  const stack = arn('cloudformation', `stack/${own}/0a1b`);
  const group = arn('codedeploy', `deploymentgroup:${own}-App-1A2B/${own}-Group-1A2B`);
  const { template } = createApp({ context: pipelineContext(stage, overrides) })
    .synth()
    .getStackByName(own);
  const types = new Set(
    Object.values(template.Resources as Record<string, { Type: string }>).map(({ Type }) => Type),
  );
  const handled = [...types].flatMap((type) => requestsOf(type, stage));

  it('trusts its own environment, and neither that of deployments nor that of another stage', () => {
    const role = roleOf(pipelineTemplateOf(stage, overrides).Resources, 'scheduled');
    const inEnvironment = (name: string) => ({ sub: `repo:octo-org/classifier:environment:${name}` });
    expect(trusts(role, inEnvironment(`${stage}-scheduled`))).toBe(true);
    expect(trusts(role, inEnvironment(stage))).toBe(false);
    expect(trusts(role, inEnvironment('another-scheduled'))).toBe(false);
    expect(trusts(role, { ...inEnvironment(`${stage}-scheduled`), repository_id: '999' })).toBe(false);
    // Nobody approves its jobs.
    for (const ref of ['refs/heads/topic', 'refs/tags/v1.2.3']) {
      expect(trusts(role, { ...inEnvironment(`${stage}-scheduled`), ref })).toBe(false);
    }
  });

  it('reads every resource of the stage to find drift, but no key, secret or photo', () => {
    const reads = handled.filter(isRead);
    expect(reads.length).toBeGreaterThan(50);
    const refused = reads.filter((request) => !allows(scheduled, request));
    expect(refused.filter((request) => !mayStayUnread(request)).map(told)).toEqual([]);
  });

  it('makes no other call of a handler, so that it cannot change a resource', () => {
    const others = RESOURCE_TYPES.flatMap((type) => requestsOf(type, stage)).filter((one) => !isRead(one));
    expect(others.length).toBeGreaterThan(100);
    const allowed = new Set(others.filter((request) => allows(scheduled, request)).map(told));
    // The image is pulled for the scan of vulnerabilities, and old versions are deleted.
    expect([...allowed].sort()).toEqual([
      `ecr:BatchGetImage ${copies}`,
      `lambda:DeleteFunction ${arn('lambda', `function:${own}-Logical1A2B3C4D-5E6F:41`)}`,
    ]);
  });

  it.each([
    ['drift', 'cloudformation:DetectStackDrift', stack],
    ['drift', 'cloudformation:DetectStackResourceDrift', stack],
    ['drift', 'cloudformation:DescribeStackResourceDrifts', stack],
    ['drift', 'cloudformation:DescribeStackDriftDetectionStatus', '*'],
    ['deployed', 'cloudformation:DescribeStacks', stack],
    ['deployed', 'lambda:GetFunction', `${lambda}:live`],
    ['deployed', 'lambda:GetAlias', `${lambda}:live`],
    ['the scan', 'ecr:GetAuthorizationToken', '*'],
    ['the scan', 'ecr:BatchGetImage', copies],
    ['the scan', 'ecr:GetDownloadUrlForLayer', copies],
    ['collect-images', 'cloudformation:ListStackResources', stack],
    ['collect-images', 'codedeploy:ListDeployments', group],
    ['collect-images', 'lambda:ListVersionsByFunction', lambda],
    ['collect-images', 'lambda:ListAliases', lambda],
    ['collect-images', 'lambda:ListProvisionedConcurrencyConfigs', lambda],
    ['collect-images', 'lambda:GetFunction', `${lambda}:41`],
    ['collect-images', 'lambda:DeleteFunction', `${lambda}:41`],
    ['collect-images', 'ssm:GetParameter', arn('ssm', `parameter/resnet50/known-good/${own}-Service-1A2B`)],
    ['collect-images', 'ecr:DescribeImages', copies],
    ['collect-images', 'ecr:BatchDeleteImage', copies],
  ])('does what %s does: %s', (_command, action, resource) => {
    expect(allows(scheduled, { action, resource })).toBe(true);
  });

  it.each([
    ['delete a function with all its versions', 'lambda:DeleteFunction', lambda],
    ['delete a version of another service', 'lambda:DeleteFunction', arn('lambda', 'function:billing:41')],
    ['call a function', 'lambda:InvokeFunction', `${lambda}:live`],
    ['move the alias', 'lambda:UpdateAlias', `${lambda}:live`],
    ['push an image', 'ecr:PutImage', copies],
    ['delete a published image', 'ecr:BatchDeleteImage', arn('ecr', 'repository/resnet50-images')],
    ['update the stack', 'cloudformation:UpdateStack', stack],
    ['stop a deployment', 'codedeploy:StopDeployment', '*'],
    ['forget what was good', 'ssm:PutParameter', arn('ssm', `parameter/resnet50/known-good/${own}-A`)],
    ['read a log', 'logs:GetLogEvents', arn('logs', `log-group:${own}-Service-1A2B:log-stream:a`)],
    ['query logs', 'logs:StartQuery', arn('logs', `log-group:${own}-Service-1A2B:log-stream:`)],
    ['read a photo', 's3:GetObject', `arn:aws:s3:::${own}-captures-1a2b/captures/a.jpeg`],
    ['list photos', 's3:ListBucket', `arn:aws:s3:::${own}-captures-1a2b`],
    [
      'read the secret of webhooks',
      'secretsmanager:GetSecretValue',
      arn('secretsmanager', `secret:${own}-w-1A`),
    ],
    ['read a job', 'states:DescribeExecution', arn('states', `execution:${own}-jobs:a`)],
    ['read API keys', 'apigateway:GET', `arn:aws:apigateway:${REGION}::/apikeys`],
    ['read an API key', 'apigateway:GET', `arn:aws:apigateway:${REGION}::/apikeys/a1b2c3`],
    ['read the keys of a plan', 'apigateway:GET', `arn:aws:apigateway:${REGION}::/usageplans/a1b2c3/keys`],
    ['read a key of a plan', 'apigateway:GET', `arn:aws:apigateway:${REGION}::/usageplans/a1b2c3/keys/d4`],
    [
      'assume a role',
      'sts:AssumeRole',
      `arn:aws:iam::${ACCOUNT}:role/cdk-r50${stage}-deploy-role-${ACCOUNT}-${REGION}`,
    ],
    ['tell subscribers', 'sns:Publish', arn('sns', `${own}-MonitoringAlertsTopic-1A2B`)],
  ])('cannot %s', (_command, action, resource) => {
    expect(allows(scheduled, { action, resource })).toBe(false);
  });
});

it('scheduled work pulls the images that a stage shares, and deletes none of them', () => {
  const { scheduled } = policiesOf('prod', {}, { github, images: sharedImages });
  const resource = `arn:aws:ecr:${REGION}:${sharedImages.account}:repository/resnet50-images`;
  expect(allows(scheduled, { action: 'ecr:GetDownloadUrlForLayer', resource })).toBe(true);
  expect(allows(scheduled, { action: 'ecr:BatchDeleteImage', resource })).toBe(false);
});
