import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { requestsOf } from './handlers.ts';
import { allows, type Policy } from './iam.ts';
import {
  ACCOUNT,
  github,
  inlineOf,
  pipelineAppOf,
  pipelineTemplateOf,
  policiesOf,
  REGION,
  roleOf,
  sharedImages,
} from './support.ts';
import { trusts } from './trust.ts';

const READER = '210987654321';
const REPOSITORY = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/resnet50-images`;
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

const buildOf = (images?: object) => {
  const { Resources, Outputs } = pipelineTemplateOf('build', {}, { github, ...(images ? { images } : {}) });
  const repositories = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECR::Repository');
  expect(repositories).toHaveLength(1);
  return { repository: repositories[0], role: roleOf(Resources, 'build'), outputs: Outputs };
};

describe('the pipeline of the images', () => {
  it('has no findings from cdk-nag, and needs no stage and no bootstrap', () => {
    const assembly = pipelineAppOf('build').synth();
    const report = JSON.parse(readFileSync(`${assembly.directory}/validation-report.json`, 'utf8'));
    expect(report.pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations)).toEqual(
      [],
    );
    expect(assembly.stacks.map(({ stackName }) => stackName)).toEqual([
      'resnet50-pipeline-github',
      'resnet50-pipeline-build',
    ]);
    for (const stack of assembly.stacks) {
      expect(stack.assumeRoleArn).toBeUndefined();
      expect(stack.assets).toEqual([]);
      expect(stack.terminationProtection).toBe(true);
    }
  });

  it('keeps every image under the tag that it was given, and scans it', () => {
    const { repository, outputs } = buildOf();
    expect(repository).toMatchObject({
      Properties: {
        RepositoryName: 'resnet50-images',
        ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        ImageTagMutabilityExclusionFilters: [
          {
            ImageTagMutabilityExclusionFilterType: 'WILDCARD',
            ImageTagMutabilityExclusionFilterValue: 'sha256-*',
          },
        ],
        ImageScanningConfiguration: { ScanOnPush: true },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    expect(Object.keys(outputs).sort()).toEqual(['RepositoryUri', 'RoleArn']);
  });
});

describe('the role that builds images', () => {
  const { role } = buildOf();
  const claims = {
    sub: 'repo:octo-org/classifier:environment:build',
    job_workflow_ref: 'octo-org/classifier/.github/workflows/publish-image.yml@refs/heads/main',
  };

  it('trusts the workflow that publishes images on main, in the environment build', () => {
    expect(trusts(role, claims)).toBe(true);
    expect(trusts(role, { ...claims, sub: 'repo:octo-org@123456/classifier@456789:environment:build' })).toBe(
      true,
    );
  });

  it.each([
    [
      'the workflow on another branch',
      { job_workflow_ref: claims.job_workflow_ref.replace('main', 'topic') },
    ],
    [
      'another workflow',
      { job_workflow_ref: claims.job_workflow_ref.replace('publish-image', 'deploy-stage') },
    ],
    ['a run of another branch that calls the workflow on main', { ref: 'refs/heads/topic' }],
    ['a run of a tag that calls the workflow on main', { ref: 'refs/tags/v1.2.3' }],
    ['the workflow of a fork', { job_workflow_ref: claims.job_workflow_ref.replace('octo-org', 'mallory') }],
    ['the environment of a stage', { sub: 'repo:octo-org/classifier:environment:prod' }],
    ['a branch without the environment', { sub: 'repo:octo-org/classifier:ref:refs/heads/main' }],
    ['another repository', { repository_id: '999' }],
  ])('does not trust %s', (_, other) => {
    expect(trusts(role, { ...claims, ...other })).toBe(false);
  });

  it('does not trust a token that names no workflow', () => {
    expect(trusts(role, { sub: claims.sub })).toBe(false);
  });

  it('may push to its repository and read it', () => {
    const actions = [
      ...PULL,
      'ecr:BatchCheckLayerAvailability',
      'ecr:InitiateLayerUpload',
      'ecr:UploadLayerPart',
      'ecr:CompleteLayerUpload',
      'ecr:PutImage',
      'ecr:DescribeImages',
    ];
    const policy = inlineOf(role);
    expect(actions.filter((action) => !allows(policy, { action, resource: REPOSITORY }))).toEqual([]);
    expect(allows(policy, { action: 'ecr:GetAuthorizationToken', resource: '*' })).toBe(true);
  });

  it.each([
    ['delete an image', 'ecr:BatchDeleteImage', REPOSITORY],
    ['make tags mutable', 'ecr:PutImageTagMutability', REPOSITORY],
    ['let others in', 'ecr:SetRepositoryPolicy', REPOSITORY],
    ['push elsewhere', 'ecr:PutImage', REPOSITORY.replace('resnet50-images', 'cdk-r50prod-container-assets')],
    [
      'assume a role',
      'sts:AssumeRole',
      `arn:aws:iam::${ACCOUNT}:role/cdk-r50dev-deploy-role-${ACCOUNT}-${REGION}`,
    ],
    [
      'call a function',
      'lambda:InvokeFunction',
      `arn:aws:lambda:${REGION}:${ACCOUNT}:function:resnet50-dev-A`,
    ],
  ])('may not %s', (_, action, resource) => {
    expect(allows(inlineOf(role), { action, resource })).toBe(false);
  });
});

describe('the policy of the repository', () => {
  const policyOf = (images?: object) =>
    buildOf(images).repository?.Properties['RepositoryPolicyText'] as Policy | undefined;
  const lambdaOf = (images: object, source: string) => {
    const statements = policyOf(images)?.Statement.filter((statement) =>
      JSON.stringify(statement).includes('lambda.amazonaws.com'),
    );
    const policy = { Statement: (statements ?? []).map((one) => ({ ...one, Resource: '*' })) };
    const context = { 'aws:SourceArn': source };
    return PULL.filter((action) => allows(policy, { action, resource: '*', context }));
  };
  const functionOf = (account: string, name = 'resnet50-prod-Service-1A2B') =>
    `arn:aws:lambda:${REGION}:${account}:function:${name}`;

  it('lets nobody of another account in by default', () => {
    expect(policyOf()).toBeUndefined();
  });

  it('lets readers pull, and do nothing else', () => {
    expect(policyOf({ readers: [READER] })?.Statement).toEqual([
      {
        Sid: 'Readers',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${READER}:root` },
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:DescribeImages',
          'ecr:GetDownloadUrlForLayer',
        ],
      },
    ]);
  });

  it('lets Lambda pull for the stages of this account and of readers if they share it, and for nobody else', () => {
    const shared = { use: 'shared', readers: [READER] };
    expect(lambdaOf(shared, functionOf(ACCOUNT))).toEqual(PULL);
    expect(lambdaOf(shared, functionOf(READER))).toEqual(PULL);
    expect(lambdaOf(shared, functionOf('999988887777'))).toEqual([]);
    expect(lambdaOf(shared, functionOf(ACCOUNT, 'another-service'))).toEqual([]);
    expect(lambdaOf({ use: 'copy', readers: [READER] }, functionOf(READER))).toEqual([]);
  });
});

describe.each(PIPELINE_STAGES)('stage %s', (stage) => {
  const changes = ['ecr:PutImage', 'ecr:BatchDeleteImage', 'ecr:SetRepositoryPolicy', 'ecr:DeleteRepository'];
  const resource = REPOSITORY.replace(ACCOUNT, sharedImages.account);

  it('creates functions from images that it shares, and cannot change them', () => {
    const { execution, deploymentBoundary } = policiesOf(stage, {}, { github, images: sharedImages });
    for (const policy of [execution, deploymentBoundary]) {
      expect(PULL.filter((action) => allows(policy, { action, resource }))).toEqual(PULL);
      expect(changes.filter((action) => allows(policy, { action, resource }))).toEqual([]);
    }
  });

  it('reaches only its own copies otherwise', () => {
    const { execution, deploymentBoundary, scheduled } = policiesOf(stage);
    for (const policy of [execution, deploymentBoundary, scheduled]) {
      expect(
        [...PULL, ...changes].filter((action) => allows(policy, { action, resource: REPOSITORY })),
      ).toEqual([]);
    }
    const copies = requestsOf('AWS::Lambda::Function', stage).filter(({ action }) =>
      action.startsWith('ecr:'),
    );
    expect(copies.filter((request) => !allows(execution, request))).toEqual([]);
  });
});
