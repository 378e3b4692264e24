import { describe, expect, it } from 'vitest';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { templateOf } from '../support.ts';
import { allows, type Request } from './iam.ts';
import { ACCOUNT, github, pipelineTemplateOf, policiesOf, REGION, roleOf } from './support.ts';
import { trusts } from './trust.ts';

describe.each(PIPELINE_STAGES)('the CI role of %s', (stage) => {
  const role = roleOf(pipelineTemplateOf(stage).Resources, 'deploy');

  it('trusts only GitHub', () => {
    expect(role['AssumeRolePolicyDocument']).toHaveProperty('Statement', [
      expect.objectContaining({
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` },
      }),
    ]);
  });

  it.each([
    ['before', `repo:octo-org/classifier:environment:${stage}`],
    ['since', `repo:octo-org@123456/classifier@456789:environment:${stage}`],
  ])('trusts the subject of a repository created %s 2026-07-15', (_, sub) => {
    expect(trusts(role, { sub })).toBe(true);
  });

  it('trusts the tag of a release', () => {
    const sub = `repo:octo-org/classifier:environment:${stage}`;
    expect(trusts(role, { sub, ref: 'refs/tags/v1.2.3' })).toBe(true);
  });

  it.each([
    // GitHub would start such a job if nobody has limited the environment to branches.
    ['another branch', { sub: `repo:octo-org/classifier:environment:${stage}`, ref: 'refs/heads/topic' }],
    ['another tag', { sub: `repo:octo-org/classifier:environment:${stage}`, ref: 'refs/tags/main' }],
    [
      'the merge of a pull request',
      { sub: `repo:octo-org/classifier:environment:${stage}`, ref: 'refs/pull/1/merge' },
    ],
    ['another environment', { sub: 'repo:octo-org/classifier:environment:test' }],
    ['the environment of scheduled work', { sub: `repo:octo-org/classifier:environment:${stage}-scheduled` }],
    ['a branch without an environment', { sub: 'repo:octo-org/classifier:ref:refs/heads/main' }],
    ['a pull request', { sub: 'repo:octo-org/classifier:pull_request' }],
    ['a fork', { sub: `repo:mallory/classifier:environment:${stage}` }],
    ['a fork that sends ids', { sub: `repo:mallory@1/classifier@2:environment:${stage}` }],
    ['our names with other ids', { sub: `repo:octo-org@1/classifier@2:environment:${stage}` }],
    ['a longer name', { sub: `repo:octo-org/classifier-2:environment:${stage}` }],
    [
      'our names taken over by another repository',
      { sub: `repo:octo-org/classifier:environment:${stage}`, repository_id: '999' },
    ],
    [
      'another audience',
      { sub: `repo:octo-org/classifier:environment:${stage}`, aud: 'https://github.com/octo-org' },
    ],
  ])('does not trust %s', (_, claims) => {
    expect(trusts(role, claims)).toBe(false);
  });

  const own = `resnet50-${stage}`;
  const lambda = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${own}-Service-1A2B`;
  const knownGood = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/resnet50/known-good/${own}-Service-1A2B`;
  const images = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/resnet50-images`;
  const copies = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/cdk-r50${stage}-container-assets-${ACCOUNT}-${REGION}`;
  const group = `arn:aws:codedeploy:${REGION}:${ACCOUNT}:deploymentgroup:${own}-App-1A2B/${own}-Group-1A2B`;
  const stack = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${own}/0a1b`;
  const { ci } = policiesOf(stage);

  it.each([
    ['preflight', 'lambda:GetAccountSettings', '*'],
    ['preflight', 'apigateway:GET', `arn:aws:apigateway:${REGION}::/account`],
    [
      'preflight',
      'ssm:GetParameter',
      `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/cdk-bootstrap/r50${stage}/version`,
    ],
    ['preflight and smoke', 'cloudformation:DescribeStacks', stack],
    ['preflight', 'lambda:GetAlias', `${lambda}:live`],
    ['cdk diff', 'cloudformation:GetTemplate', stack],
    ['deploy, to say why it failed', 'cloudformation:DescribeStackEvents', stack],
    ['find an image', 'ecr:GetAuthorizationToken', '*'],
    ['find an image', 'ecr:DescribeImages', images],
    ['verify an image', 'ecr:BatchGetImage', images],
    ['copy an image', 'ecr:GetDownloadUrlForLayer', images],
    ['name the image of a stage', 'ecr:DescribeImages', copies],
    ['rollback', 'cloudformation:UpdateStack', stack],
    [
      'rollback',
      'ssm:GetParameters',
      `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/cdk-bootstrap/r50${stage}/version`,
    ],
    ['rollback', 'codedeploy:ListDeployments', group],
    ['rollback', 'codedeploy:GetDeployment', group],
    ['rollback', 'codedeploy:StopDeployment', '*'],
    ['rollback', 'lambda:ListVersionsByFunction', lambda],
    ['rollback', 'lambda:GetProvisionedConcurrencyConfig', `${lambda}:live`],
    ['rollback', 'lambda:GetFunctionConfiguration', `${lambda}:41`],
    ['rollback', 'lambda:InvokeFunction', `${lambda}:41`],
    ['rollback', 'lambda:UpdateAlias', `${lambda}:live`],
    ['smoke', 'lambda:GetFunction', `${lambda}:live`],
    ['smoke', 'lambda:GetFunctionConfiguration', `${lambda}:live`],
    ['smoke', 'lambda:InvokeFunction', `${lambda}:live`],
    ['smoke', 'ssm:GetParameter', knownGood],
    ['smoke', 'ssm:PutParameter', knownGood],
    ...['deploy', 'file-publishing', 'image-publishing'].map(
      (role) =>
        [
          'cdk deploy',
          'sts:AssumeRole',
          `arn:aws:iam::${ACCOUNT}:role/cdk-r50${stage}-${role}-role-${ACCOUNT}-${REGION}`,
        ] as const,
    ),
  ])('may do what %s does: %s', (_, action, resource) => {
    expect(allows(ci, { action, resource })).toBe(true);
  });

  it.each([
    [
      'the role that reads the whole account',
      'sts:AssumeRole',
      `arn:aws:iam::${ACCOUNT}:role/cdk-r50${stage}-lookup-role-${ACCOUNT}-${REGION}`,
    ],
    ['changes of the template', 'cloudformation:ExecuteChangeSet', stack],
    ['the end of the stack', 'cloudformation:DeleteStack', stack],
    ['code', 'lambda:UpdateFunctionCode', lambda],
    ['deployments', 'codedeploy:CreateDeployment', group],
    ['copies of images', 'ecr:PutImage', copies],
    ['pages', 'sns:Publish', `arn:aws:sns:${REGION}:${ACCOUNT}:${own}-MonitoringPagingTopic-1A2B`],
  ])('leaves %s to the roles of the bootstrap', (_, action, resource) => {
    expect(allows(ci, { action, resource })).toBe(false);
  });

  it('can neither push nor delete an image', () => {
    const actions = [
      'PutImage',
      'InitiateLayerUpload',
      'BatchDeleteImage',
      'SetRepositoryPolicy',
      'DeleteRepository',
    ];
    const allowed = [images, copies].flatMap((resource) =>
      actions.filter((action) => allows(ci, { action: `ecr:${action}`, resource })),
    );
    expect(allowed).toEqual([]);
  });

  it('finds the images in the account and the region where they are', () => {
    const elsewhere = { github, images: { use: 'copy', account: '210987654321', region: 'eu-west-1' } };
    const policy = policiesOf(stage, {}, elsewhere).ci;
    const pull = (resource: string): Request => ({ action: 'ecr:BatchGetImage', resource });
    expect(allows(policy, pull('arn:aws:ecr:eu-west-1:210987654321:repository/resnet50-images'))).toBe(true);
    expect(allows(policy, pull('arn:aws:ecr:eu-west-1:210987654321:repository/another'))).toBe(false);
    expect(allows(policy, pull(images))).toBe(false);
  });

  it('sends notes of deployments to the topic of alerts if the stage has them, and only then', () => {
    const topics = Object.keys(templateOf(stage).findResources('AWS::SNS::Topic')).map(
      (logicalId) => `arn:aws:sns:${REGION}:${ACCOUNT}:${own}-${logicalId}-1A2B`,
    );
    const mayPublish = (deploymentNotes: boolean) => {
      const policy = policiesOf(stage, { deploymentNotes }).ci;
      return topics.filter((resource) => allows(policy, { action: 'sns:Publish', resource }));
    };
    expect(mayPublish(true)).toEqual([expect.stringContaining('-MonitoringAlertsTopic')]);
    expect(mayPublish(false)).toEqual([]);
  });

  it('reads only the API key that its stage has for the smoke test', () => {
    const read = (tags: Readonly<Record<string, string>>): Request => ({
      action: 'apigateway:GET',
      resource: `arn:aws:apigateway:${REGION}::/apikeys/a1b2c3`,
      context: Object.fromEntries(
        Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
      ),
    });
    const own = { service: 'resnet50', stage, purpose: 'smoke-test' };
    expect(allows(ci, read(own))).toBe(true);
    expect(allows(ci, read({ ...own, stage: 'another' }))).toBe(false);
    expect(allows(ci, read({ ...own, service: 'billing' }))).toBe(false);
    expect(allows(ci, read({ ...own, purpose: 'customer' }))).toBe(false);
    expect(allows(ci, read({ service: 'resnet50', stage }))).toBe(false);
    expect(allows(ci, read({}))).toBe(false);
    const list = { action: 'apigateway:GET', resource: `arn:aws:apigateway:${REGION}::/apikeys` };
    expect(allows(ci, list)).toBe(false);
  });

  it('may call predictions of its stage if they have to be signed, and only then', () => {
    const signed = policiesOf(stage, { auth: { kind: 'iam', accounts: [] } }).ci;
    const call = (path: string): Request => ({
      action: 'execute-api:Invoke',
      resource: `arn:aws:execute-api:${REGION}:${ACCOUNT}:a1b2c3/${path}`,
    });
    for (const path of ['predict', 'predict/batch', 'predict/url']) {
      expect(allows(signed, call(`${stage}/POST/${path}`))).toBe(true);
      expect(allows(signed, call(`another/POST/${path}`))).toBe(false);
      expect(allows(ci, call(`${stage}/POST/${path}`))).toBe(false);
    }
    expect(allows(signed, call(`${stage}/DELETE/predict`))).toBe(false);
    expect(allows(signed, call(`${stage}/POST/admin`))).toBe(false);
  });

  it.each([{ kind: 'iam', accounts: [] }, 'off'])('reads no API key with auth %j', (auth) => {
    const key = {
      action: 'apigateway:GET',
      resource: `arn:aws:apigateway:${REGION}::/apikeys/a1b2c3`,
      context: {
        'aws:ResourceTag/service': 'resnet50',
        'aws:ResourceTag/stage': stage,
        'aws:ResourceTag/purpose': 'smoke-test',
      },
    };
    expect(allows(ci, key)).toBe(true);
    expect(allows(policiesOf(stage, { auth }).ci, key)).toBe(false);
  });

  it('recognizes the key by tags that the stage cannot override', () => {
    const tags = { service: 'other', stage: 'other', purpose: 'other', team: 'vision' };
    const template = templateOf(stage, { tags });
    const [key] = Object.values(template.findResources('AWS::ApiGateway::ApiKey'));
    expect(key?.['Properties'].Tags).toEqual([
      { Key: 'purpose', Value: 'smoke-test' },
      { Key: 'service', Value: 'resnet50' },
      { Key: 'stage', Value: stage },
      { Key: 'team', Value: 'vision' },
    ]);
  });
});
