import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../lib/app.ts';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import {
  ACCOUNT,
  costWatch,
  domain,
  github,
  inputCapture,
  jobsWithSources,
  notificationChats,
  pipelineAppOf,
  pipelineContext,
  pipelineTemplateOf,
  policiesOf,
  REGION,
  resolved,
  sharedImages,
  vpc,
} from './support.ts';

const variants = [
  ...PIPELINE_STAGES.map((stage) => [stage, stage, {}] as const),
  [
    'staging with all that needs more permissions',
    'staging',
    { costWatch, domain, inputCapture, jobs: jobsWithSources, notificationChats, vpc },
  ] as const,
  ['staging with signed predictions', 'staging', { auth: { kind: 'iam', accounts: [] } }] as const,
];

describe.each(variants)('the pipeline of %s', (_, stage, overrides) => {
  const pipeline = { github, images: sharedImages };
  const assembly = pipelineAppOf(stage, overrides, pipeline).synth();

  it('has no findings from cdk-nag or CloudFormation', () => {
    const report = JSON.parse(readFileSync(`${assembly.directory}/validation-report.json`, 'utf8'));
    expect(report.pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations)).toEqual(
      [],
    );
  });

  it('needs no bootstrap to be deployed: no roles, no assets, templates that fit in a request', () => {
    for (const stack of assembly.stacks) {
      expect(stack.assumeRoleArn).toBeUndefined();
      expect(stack.cloudFormationExecutionRoleArn).toBeUndefined();
      expect(stack.requiresBootstrapStackVersion).toBeUndefined();
      expect(stack.assets).toEqual([]);
      // docs.aws.amazon.com/AWSCloudFormation, "CloudFormation quotas": bytes of a template in a request.
      expect(Buffer.byteLength(JSON.stringify(stack.template, null, 1))).toBeLessThan(51_200);
    }
  });

  it('has policies of a size that IAM accepts', () => {
    // docs.aws.amazon.com/IAM, "IAM and AWS STS quotas": characters without white space.
    const sizes = Object.entries(policiesOf(stage, overrides, pipeline)).map(([name, policy]) => {
      const limit = ['ci', 'scheduled'].includes(name) ? 10_240 : 6144;
      return [name, JSON.stringify(policy).replace(/\s/g, '').length < limit];
    });
    expect(sizes).toEqual([
      ['execution', true],
      ['deploymentBoundary', true],
      ['runtimeBoundary', true],
      ['ci', true],
      ['scheduled', true],
    ]);
  });
});

describe('the provider of GitHub’s identities', () => {
  const stacks = (pipeline: unknown) =>
    pipelineAppOf('prod', {}, pipeline)
      .synth()
      .stacks.map(({ stackName }) => stackName);

  it('has its own stack, the same for all stages of an account', () => {
    expect(stacks({ github })).toEqual(['resnet50-pipeline-github', 'resnet50-pipeline-prod']);
  });

  it('is not created if the account has it already', () => {
    expect(stacks({ github, oidcProvider: 'existing' })).toEqual(['resnet50-pipeline-prod']);
  });

  it('has the audience and no thumbprint, and stays when its stack is deleted', () => {
    const { template } = pipelineAppOf('prod').synth().getStackByName('resnet50-pipeline-github');
    expect(Object.values(template.Resources)).toEqual([
      expect.objectContaining({
        Type: 'AWS::IAM::OIDCProvider',
        Properties: {
          ClientIdList: ['sts.amazonaws.com'],
          Url: 'https://token.actions.githubusercontent.com',
        },
        DeletionPolicy: 'RetainExceptOnCreate',
      }),
    ]);
  });
});

describe.each(PIPELINE_STAGES)('the bootstrap of %s', (stage) => {
  it('is created by the command in an output: its own names, our policy, our boundary on all roles', () => {
    const policy = (purpose: string) => `resnet50-pipeline-${stage}-${purpose}-${REGION}`;
    expect(pipelineTemplateOf(stage).Outputs['BootstrapCommand']?.Value).toBe(
      [
        `npx cdk bootstrap -c stage=${stage} aws://${ACCOUNT}/${REGION}`,
        `--qualifier r50${stage}`,
        `--toolkit-stack-name CDKToolkit-r50${stage}`,
        `--cloudformation-execution-policies arn:aws:iam::${ACCOUNT}:policy/${policy('execution')}`,
        `--custom-permissions-boundary ${policy('deployment-boundary')}`,
        '--apply-permissions-boundary-to-all-roles',
        '--termination-protection',
      ].join(' '),
    );
  });

  it('is used to deploy the stack of the stage', () => {
    const { template, assumeRoleArn, cloudFormationExecutionRoleArn, lookupRole } = createApp({
      context: pipelineContext(stage),
    })
      .synth()
      .getStackByName(`resnet50-${stage}`);
    expect(assumeRoleArn).toContain(`role/cdk-r50${stage}-deploy-role-`);
    expect(cloudFormationExecutionRoleArn).toContain(`role/cdk-r50${stage}-cfn-exec-role-`);
    expect(lookupRole).toBeUndefined();
    expect(template.Parameters.BootstrapVersion.Default).toBe(`/cdk-bootstrap/r50${stage}/version`);
  });
});

it('the CDK’s bootstrap uses the names that the policies refer to', () => {
  const template = readFileSync(
    new URL('../../../node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml', import.meta.url),
    'utf8',
  );
  const environment = '<AWS::AccountId>-<AWS::Region>';
  const names = [
    ...['deploy', 'cfn-exec', 'file-publishing', 'image-publishing'].map(
      (role) => `cdk-<Qualifier>-${role}-role-${environment}`,
    ),
    `cdk-<Qualifier>-assets-${environment}`,
    `cdk-<Qualifier>-container-assets-${environment}`,
    '/cdk-bootstrap/<Qualifier>/version',
  ];
  const flat = template.replaceAll('${', '<').replaceAll('}', '>');
  expect(names.filter((name) => !flat.includes(name))).toEqual([]);
  expect(template).toContain('AllowedPattern: "[A-Za-z0-9_-]{1,10}"');
});

describe('a stage without a pipeline', () => {
  it.each([
    ['dev, if none is set', 'dev', null],
    ['local, which is for emulators', 'local', { github }],
  ])('is deployed through the CDK’s own bootstrap and has no boundary: %s', (_, stage, pipeline) => {
    const stack = createApp({ context: pipelineContext(stage, {}, pipeline) })
      .synth()
      .getStackByName(`resnet50-${stage}`);
    expect(stack.assumeRoleArn).toContain('role/cdk-hnb659fds-deploy-role-');
    expect(JSON.stringify(resolved(stack.template))).not.toContain('PermissionsBoundary');
  });
});

describe('invalid settings', () => {
  const synth = (stage: string, pipeline: unknown) => () => pipelineAppOf(stage, {}, pipeline);
  const withGithub = (override: object) => ({ github: { ...github, ...override } });

  it.each([
    ['no repository', null, 'pipeline: expected { "github":'],
    [
      'a wildcard for the repository',
      withGithub({ repository: '*' }),
      'github.repository: expected the name of a repository',
    ],
    [
      'a wildcard for the owner',
      withGithub({ owner: 'octo-*' }),
      'github.owner: expected the login of a user',
    ],
    ['an owner in the name', withGithub({ repository: 'octo-org/classifier' }), 'got "octo-org/classifier"'],
    [
      'an id that is not a number',
      withGithub({ ownerId: '123456' }),
      'github.ownerId: expected the numeric id of the owner, got "123456"',
    ],
    [
      'an id of 0',
      withGithub({ repositoryId: 0 }),
      'github.repositoryId: expected the numeric id of the repository, got 0',
    ],
    [
      'a missing id',
      { github: { owner: 'octo-org', repository: 'classifier', ownerId: 1 } },
      'github.repositoryId: expected the numeric id',
    ],
    ['a text instead of the settings', 'octo-org/classifier', 'pipeline: expected an object with github'],
    [
      'no repository in the settings',
      {},
      'pipeline.github: expected an object with owner, ownerId, repository',
    ],
    [
      'a typo',
      { github, oidcprovider: 'existing' },
      'pipeline.oidcprovider: no such setting; did you mean oidcProvider?',
    ],
    [
      'an unknown use of images',
      { github, images: { use: 'rebuild' } },
      'images.use: expected copy or shared, got "rebuild"',
    ],
    [
      'an account as a number',
      { github, images: { account: 210987654321 } },
      'images.account: expected the 12 digits of an account, as a text, got 210987654321',
    ],
    [
      'a name instead of a region',
      { github, images: { region: 'Frankfurt' } },
      'images.region: expected a region, such as eu-central-1, got "Frankfurt"',
    ],
    [
      'a wildcard for a reader',
      { github, images: { readers: ['*'] } },
      'images.readers.0: expected the 12 digits of an account',
    ],
    [
      'an unknown value for the provider',
      { github, oidcProvider: 'import' },
      'oidcProvider: expected create or existing, got "import"',
    ],
  ])('%s', (_, pipeline, message) => {
    expect(synth('prod', pipeline)).toThrow(message);
  });

  it('refuses the stage that is for emulators', () => {
    expect(synth('local', { github })).toThrow(
      'stage: expected one of build, dev, staging, prod, got "local"',
    );
  });

  it('stops the stage’s own app too', () => {
    expect(() => createApp({ context: pipelineContext('prod', {}, { github: {} }) })).toThrow(
      'Invalid context in cdk.json. pipeline.github.owner: expected the login',
    );
  });
});
