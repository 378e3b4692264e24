import { describe, expect, it } from 'vitest';
import { PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { templateOf } from '../support.ts';
import { allows, type Policy, type Request } from './iam.ts';
import { ACCOUNT, pipelineTemplateOf, policiesOf, REGION, roleOf } from './support.ts';

const ISSUER = 'token.actions.githubusercontent.com';

describe.each(PIPELINE_STAGES)('the CI role of %s', (stage) => {
  const trust = roleOf(pipelineTemplateOf(stage).Resources)['AssumeRolePolicyDocument'] as {
    readonly Statement: readonly Readonly<Record<string, unknown>>[];
  };

  /** Whether a job with these claims in its token gets the role. */
  function trusts(claims: Readonly<Record<string, string>>): boolean {
    const policy = {
      Statement: trust.Statement.map((statement) => ({ ...statement, Resource: '*' })),
    } as unknown;
    const context = Object.fromEntries(
      Object.entries({ aud: 'sts.amazonaws.com', repository_id: '456789', ...claims }).map(
        ([claim, value]) => [`${ISSUER}:${claim}`, value],
      ),
    );
    return allows(policy as Policy, { action: 'sts:AssumeRoleWithWebIdentity', resource: '*', context });
  }

  it('trusts only GitHub', () => {
    expect(trust.Statement.map(({ Principal }) => Principal)).toEqual([
      { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` },
    ]);
  });

  it.each([
    ['before', `repo:octo-org/classifier:environment:${stage}`],
    ['since', `repo:octo-org@123456/classifier@456789:environment:${stage}`],
  ])('trusts the subject of a repository created %s 2026-07-15', (_, sub) => {
    expect(trusts({ sub })).toBe(true);
  });

  it.each([
    ['another environment', { sub: 'repo:octo-org/classifier:environment:test' }],
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
    expect(trusts(claims)).toBe(false);
  });

  const own = `resnet50-${stage}`;
  const lambda = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${own}-Service-1A2B`;
  const knownGood = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/resnet50/known-good/${own}-Service-1A2B`;
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
    ['CloudFormation itself', 'cloudformation:ExecuteChangeSet', stack],
    ['code', 'lambda:UpdateFunctionCode', lambda],
    ['the alias', 'lambda:UpdateAlias', lambda],
    ['deployments', 'codedeploy:StopDeployment', '*'],
  ])('leaves %s to the roles of the bootstrap', (_, action, resource) => {
    expect(allows(ci, { action, resource })).toBe(false);
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
