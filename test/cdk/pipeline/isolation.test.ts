import { describe, expect, it } from 'vitest';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { commonRequests, RESOURCE_TYPES, requestsOf } from './handlers.ts';
import { allows, type Policy, type Request } from './iam.ts';
import { ACCOUNT, costWatch, inputCapture, policiesOf, REGION } from './support.ts';

const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
const gateway = (path: string) => `arn:aws:apigateway:${REGION}::${path}`;
const BOOTSTRAP_ROLES = ['deploy', 'cfn-exec', 'file-publishing', 'image-publishing', 'lookup'];
const roleOf = (qualifier: string, role: string) =>
  iam(`role/cdk-${qualifier}-${role}-role-${ACCOUNT}-${REGION}`);

const pairs = PIPELINE_STAGES.flatMap((stage) =>
  PIPELINE_STAGES.filter((other) => other !== stage).map((other) => [stage, other] as const),
);

describe.each(pairs)('in one account, stage %s', (stage, other) => {
  const { ci, execution, deploymentBoundary, runtimeBoundary, scheduled } = policiesOf(stage, {
    inputCapture,
  });
  const all = [ci, execution, deploymentBoundary, runtimeBoundary, scheduled];

  it.each(BOOTSTRAP_ROLES)(`cannot assume the %s role of ${other}, or of the CDK's own bootstrap`, (role) => {
    for (const qualifier of [`r50${other}`, 'hnb659fds']) {
      const request = { action: 'sts:AssumeRole', resource: roleOf(qualifier, role) };
      expect(all.filter((policy) => allows(policy, request))).toEqual([]);
    }
  });

  it(`cannot touch resources with the name of ${other}`, () => {
    const requests = [
      ...commonRequests(other),
      ...RESOURCE_TYPES.flatMap((type) => requestsOf(type, other)),
    ].filter(({ resource }) => resource.includes(`resnet50-${other}`) || resource.includes(`r50${other}`));
    expect(requests.length).toBeGreaterThan(100);
    const mayBe = (policy: Policy) => requests.filter((request) => allows(policy, request));
    expect([ci, execution, deploymentBoundary, scheduled].flatMap(mayBe)).toEqual([]);
    // The role that API Gateway logs through is the whole account's.
    expect(new Set(mayBe(runtimeBoundary).map(({ action }) => action))).toEqual(
      new Set(['logs:CreateLogGroup']),
    );
  });

  it(`cannot touch an API, a key, a plan, a scaling target or a monitor of cost tagged with ${other}`, () => {
    const watching = policiesOf(stage, { costWatch });
    const requests: Request[] = [
      ['apigateway:GET', gateway('/apikeys/a1b2c3')],
      ['apigateway:PATCH', gateway('/restapis/a1b2c3')],
      ['apigateway:POST', gateway('/restapis/a1b2c3/deployments')],
      ['apigateway:PATCH', gateway(`/restapis/a1b2c3/stages/${other}`)],
      ['apigateway:GET', gateway('/usageplans/a1b2c3/keys')],
      [
        'application-autoscaling:RegisterScalableTarget',
        `arn:aws:application-autoscaling:${REGION}:${ACCOUNT}:scalable-target/0a1b`,
      ],
      ['ce:UpdateAnomalyMonitor', `arn:aws:ce::${ACCOUNT}:anomalymonitor/0a1b`],
    ].map(([action = '', resource = '']) => ({
      action,
      resource,
      context: { 'aws:ResourceTag/stage': other, 'aws:ResourceTag/service': 'resnet50' },
    }));
    const policies = [...all, watching.execution, watching.deploymentBoundary, watching.scheduled];
    expect(requests.filter((request) => policies.some((policy) => allows(policy, request)))).toEqual([]);
  });

  it.each([
    'CreateChangeSet',
    'ExecuteChangeSet',
    'CreateStack',
    'UpdateStack',
    'DeleteStack',
    'RollbackStack',
    'ContinueUpdateRollback',
    'UpdateTerminationProtection',
  ])(`cannot ask CloudFormation for %s of ${other}, of a pipeline or of a bootstrap`, (action) => {
    const stacks = [
      `resnet50-${other}`,
      `resnet50-pipeline-${stage}`,
      `CDKToolkit-r50${stage}`,
      `CDKToolkit-r50${other}`,
      'CDKToolkit',
    ];
    const at = (stack: string) => ({
      action: `cloudformation:${action}`,
      resource: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/0a1b`,
    });
    expect(stacks.filter((stack) => all.some((policy) => allows(policy, at(stack))))).toEqual([]);
    expect(allows(deploymentBoundary, at(`resnet50-${stage}`))).toBe(true);
  });

  it(`cannot hand CloudFormation the execution role of ${other}`, () => {
    const pass = (qualifier: string): Request => ({
      action: 'iam:PassRole',
      resource: roleOf(qualifier, 'cfn-exec'),
      context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    });
    expect(allows(deploymentBoundary, pass(`r50${other}`))).toBe(false);
    expect(allows(deploymentBoundary, pass('hnb659fds'))).toBe(false);
    expect(allows(deploymentBoundary, pass(`r50${stage}`))).toBe(true);
  });

  it(`cannot write an image, a template or a list of known-good versions for ${other}`, () => {
    const requests = [
      {
        action: 'ssm:PutParameter',
        resource: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/resnet50/known-good/resnet50-${other}-Service-1A2B`,
      },
      {
        action: 'ecr:PutImage',
        resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/cdk-r50${other}-container-assets-${ACCOUNT}-${REGION}`,
      },
      {
        action: 's3:PutObject',
        resource: `arn:aws:s3:::cdk-r50${other}-assets-${ACCOUNT}-${REGION}/template.json`,
      },
    ];
    expect(requests.filter((request) => all.some((policy) => allows(policy, request)))).toEqual([]);
  });
});

describe.each(PIPELINE_STAGES)('stage %s cannot create or change', (stage) => {
  const { execution, deploymentBoundary, runtimeBoundary, ci, scheduled } = policiesOf(stage);
  const own = iam(`role/resnet50-${stage}-Function-1A2B`);
  const bounded = (name: string) => ({
    'iam:PermissionsBoundary': iam(`policy/${name}`),
  });
  const boundary = `resnet50-pipeline-${stage}-runtime-boundary-${REGION}`;

  it.each<readonly [string, Request]>([
    ['a role without a boundary', { action: 'iam:CreateRole', resource: own }],
    [
      'a role with another boundary',
      { action: 'iam:CreateRole', resource: own, context: bounded('AdministratorAccess') },
    ],
    ['the policy of a role without a boundary', { action: 'iam:PutRolePolicy', resource: own }],
    [
      'a role without its boundary',
      { action: 'iam:DeleteRolePermissionsBoundary', resource: own, context: bounded(boundary) },
    ],
    [
      'its CI role',
      {
        action: 'iam:PutRolePolicy',
        resource: iam(`role/resnet50-pipeline-${stage}-Role-1A2B`),
        context: bounded(boundary),
      },
    ],
    [
      'a role of its bootstrap',
      {
        action: 'iam:UpdateAssumeRolePolicy',
        resource: roleOf(`r50${stage}`, 'deploy'),
        context: bounded(boundary),
      },
    ],
    ['its boundary', { action: 'iam:CreatePolicyVersion', resource: iam(`policy/${boundary}`) }],
    ['a user', { action: 'iam:CreateUser', resource: iam('user/mallory') }],
    ['another identity provider', { action: 'iam:CreateOpenIDConnectProvider', resource: '*' }],
  ])('%s', (_, request) => {
    expect(
      [execution, deploymentBoundary, runtimeBoundary, ci, scheduled].filter((policy) =>
        allows(policy, request),
      ),
    ).toEqual([]);
  });

  it('a role, unless it has the runtime boundary', () => {
    const request = { action: 'iam:CreateRole', resource: own, context: bounded(boundary) };
    expect(allows(execution, request)).toBe(true);
  });
});
