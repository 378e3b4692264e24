import { describe, expect, it } from 'vitest';
import { createApp } from '../../../lib/app.ts';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { commonRequests, requestsOf } from './handlers.ts';
import { allows, type Policy, type Request } from './iam.ts';
import {
  ACCOUNT,
  costWatch,
  domain,
  inputCapture,
  jobsWithSources,
  notificationChats,
  pipelineContext,
  policiesOf,
  REGION,
  type Template,
  tokenAuth,
  vpc,
} from './support.ts';

const variants = [
  ...PIPELINE_STAGES.map((stage) => [stage, stage, {}] as const),
  [
    'prod with all that needs more permissions',
    'prod',
    {
      costWatch,
      domain,
      inputCapture,
      jobs: jobsWithSources,
      notificationChats,
      notificationEmails: ['ops@example.com'],
      vpc,
    },
  ] as const,
  ['prod for callers with tokens', 'prod', { auth: tokenAuth }] as const,
  [
    'prod for callers of other accounts',
    'prod',
    { auth: { kind: 'iam', accounts: ['210987654321'] } },
  ] as const,
  ['dev as on an emulator', 'dev', { delivery: { kind: 'in-place' }, paging: true }] as const,
];

const refused = (policy: Policy, requests: readonly Request[]) =>
  requests
    .filter((request) => !allows(policy, request))
    .map(({ action, resource }) => `${action} ${resource}`);

describe.each(variants)('the execution policy of %s', (_, stage, overrides) => {
  const { execution, deploymentBoundary } = policiesOf(stage, overrides);
  const template: Template = createApp({ context: pipelineContext(stage, overrides) })
    .synth()
    .getStackByName(`resnet50-${stage}`).template;
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort();
  const requests = [...commonRequests(stage), ...types.flatMap((type) => requestsOf(type, stage))];

  it('allows what CloudFormation calls for each resource type of the template', () => {
    expect(types).toContain('AWS::Lambda::Function');
    expect(refused(execution, requests)).toEqual([]);
  });

  it('stays within the boundary of its role', () => {
    expect(refused(deploymentBoundary, requests)).toEqual([]);
  });
});

describe('the execution policy', () => {
  it('has no DNS or network permissions if the stage has no domain and no VPC', () => {
    const { execution } = policiesOf('prod');
    const requests = ['AWS::Route53::RecordSet', 'AWS::EC2::SecurityGroup'].flatMap((type) =>
      requestsOf(type, 'prod'),
    );
    expect(requests.filter((request) => allows(execution, request))).toEqual([]);
  });

  it('has no permissions on buckets, state machines and secrets if the stage has neither captures nor jobs', () => {
    const { execution } = policiesOf('prod', { jobs: 'off' });
    const types = [
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::StepFunctions::StateMachine',
      'AWS::SecretsManager::Secret',
    ];
    const requests = types
      .flatMap((type) => requestsOf(type, 'prod'))
      .filter(({ action }) => !action.startsWith('iam:'));
    expect(requests.filter((request) => allows(execution, request))).toEqual([]);
  });

  it('can neither start nor stop a job', () => {
    const { execution, deploymentBoundary } = policiesOf('prod');
    const arn = (resource: string) => `arn:aws:states:${REGION}:${ACCOUNT}:${resource}`;
    const requests: Request[] = [
      { action: 'states:StartExecution', resource: arn('stateMachine:resnet50-prod-jobs') },
      { action: 'states:StopExecution', resource: arn('execution:resnet50-prod-jobs:job_1') },
    ];
    expect(
      requests.filter((request) => [execution, deploymentBoundary].some((policy) => allows(policy, request))),
    ).toEqual([]);
  });

  it.each(['GetObject', 'GetObjectVersion', 'PutObject', 'DeleteObject', 'RestoreObject'])(
    'does not allow s3:%s, so a deployment cannot read or change captured images, uploads or results',
    (action) => {
      const { execution, deploymentBoundary } = policiesOf('prod', { inputCapture });
      const objects = ['captures-1a2b/captures/a.jpeg', 'jobs-1a2b/uploads/a', 'jobs-1a2b/results/a'];
      const allowed = objects.filter((object) =>
        [execution, deploymentBoundary].some((policy) =>
          allows(policy, { action: `s3:${action}`, resource: `arn:aws:s3:::resnet50-prod-${object}` }),
        ),
      );
      expect(allowed).toEqual([]);
    },
  );

  it('watches no cost and no chats for a stage without them', () => {
    const { execution } = policiesOf('prod');
    const actions = [
      'ce:CreateAnomalyMonitor',
      'ce:DeleteAnomalySubscription',
      'chatbot:CreateSlackChannelConfiguration',
    ];
    expect(actions.filter((action) => allows(execution, { action, resource: '*' }))).toEqual([]);
  });

  it('allows no change of another name in the zone', () => {
    const { execution } = policiesOf('prod', { domain });
    const request = {
      action: 'route53:ChangeResourceRecordSets',
      resource: `arn:aws:route53:::hostedzone/${domain.hostedZoneId}`,
    };
    const named = (name: string) => ({
      ...request,
      context: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': name },
    });
    expect(allows(execution, named(domain.name))).toBe(true);
    expect(allows(execution, named('www.example.com'))).toBe(false);
  });
});
