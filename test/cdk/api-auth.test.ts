import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { BEARER_TOKEN } from '../../lib/constructs/api/token-authorizer.ts';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

describe('keys', () => {
  it('have the limits of the stage, and its daily quota if it sets one', () => {
    templateOf('prod').hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      Throttle: { RateLimit: 50, BurstLimit: 100 },
      Quota: Match.absent(),
    });
    const staging = templateOf('staging');
    staging.hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      Quota: { Limit: 100_000, Period: 'DAY' },
    });
    const { id: key } = only(staging, 'AWS::ApiGateway::ApiKey');
    staging.hasOutput('Auth', { Value: 'api-key' });
    staging.hasOutput('ApiKeyId', { Value: { Ref: key } });
    staging.hasOutput('UsagePlanId', { Value: { Ref: only(staging, 'AWS::ApiGateway::UsagePlan').id } });
    staging.hasResourceProperties('AWS::ApiGateway::UsagePlanKey', { KeyId: { Ref: key } });
  });

  it('get half of a slow method', () => {
    const { ApiStages } = only(templateOf('prod'), 'AWS::ApiGateway::UsagePlan').properties;
    expect(ApiStages).toMatchObject([
      {
        Throttle: {
          '/predict/batch/POST': { RateLimit: 4, BurstLimit: 4 },
          '/predict/url/POST': { RateLimit: 4, BurstLimit: 4 },
          '/jobs/POST': { RateLimit: 4, BurstLimit: 4 },
        },
      },
    ]);
  });

  it('are replaced by a new key of the same plan when the generation rises', () => {
    const [first, second] = [1, 2].map((generation) => templateOf('prod', { auth: { generation } }));
    if (!first || !second) throw new Error('expected two templates, got fewer');
    for (const type of ['AWS::ApiGateway::ApiKey', 'AWS::ApiGateway::UsagePlanKey']) {
      // CloudFormation creates resources with new logical ids before it deletes the old ones.
      expect(only(second, type).id).not.toBe(only(first, type).id);
      // Two keys must not want the same name meanwhile.
      expect(only(second, type).properties).not.toHaveProperty('Name');
    }
    const { id: plan, properties } = only(first, 'AWS::ApiGateway::UsagePlan');
    expect(only(second, 'AWS::ApiGateway::UsagePlan')).toEqual({ id: plan, properties });
    const { id: key } = only(second, 'AWS::ApiGateway::ApiKey');
    second.hasResourceProperties('AWS::ApiGateway::UsagePlanKey', { KeyId: { Ref: key } });
    second.hasOutput('ApiKeyId', { Value: { Ref: key } });
  });

  it('do not exist if the stage has them off', () => {
    const open = templateOf('prod', { auth: 'off' });
    open.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
    open.resourceCountIs('AWS::ApiGateway::UsagePlan', 0);
    expect(open.findOutputs('ApiKeyId')).toEqual({});
    expect(open.findOutputs('UsagePlanId')).toEqual({});
    open.hasOutput('Auth', { Value: 'off' });
  });
});

/** The properties of the methods that are open, and of those that are not. */
function methodsOf(template: Template) {
  const all = Object.values(template.findResources('AWS::ApiGateway::Method')).map(
    ({ Properties }) => Properties,
  );
  const idsOf = (...parts: string[]) =>
    Object.entries(template.findResources('AWS::ApiGateway::Resource'))
      .filter(([, { Properties }]) => parts.includes(Properties.PathPart))
      .map(([id]) => id);
  // The list of models is the only POST that classifies nothing, and a job the only thing that is shown to nobody else.
  const list = idsOf('index');
  const ofJobs = idsOf('{job_id}', 'results');
  const isGuarded = ({ HttpMethod, ResourceId }: { HttpMethod: string; ResourceId: { Ref: string } }) =>
    ofJobs.includes(ResourceId.Ref)
      ? HttpMethod !== 'OPTIONS'
      : HttpMethod === 'POST' && !list.includes(ResourceId.Ref);
  return { open: all.filter((method) => !isGuarded(method)), guarded: all.filter(isGuarded) };
}

const corsOrigins = ['https://app.example.com'];
const oidc = {
  kind: 'jwt',
  tokens: { from: 'oidc', issuer: 'https://login.example.com/', audiences: ['api://vision', 'another'] },
  scopes: ['predict', 'admin'],
};
const userPoolArn = 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12';
const cognito = { kind: 'jwt', tokens: { from: 'cognito', userPoolArn }, scopes: ['vision/predict'] };

describe.each([
  ['iam', { kind: 'iam' }, 'AWS_IAM', '$context.identity.userArn'],
  [
    'iam of other accounts',
    { kind: 'iam', accounts: ['210987654321'] },
    'AWS_IAM',
    '$context.identity.userArn',
  ],
  ['tokens of Cognito', cognito, 'COGNITO_USER_POOLS', '$context.authorizer.claims.sub'],
  ['tokens of another issuer', oidc, 'CUSTOM', '$context.authorizer.principalId'],
] as const)('auth by %s', (_, auth, AuthorizationType, principal) => {
  const template = templateOf('prod', { auth, corsOrigins });

  it('guards predictions, uploads and jobs, and neither pages nor CORS preflights', () => {
    const { open, guarded } = methodsOf(template);
    expect(guarded).toHaveLength(5 + 7);
    for (const method of guarded) expect(method).toMatchObject({ AuthorizationType, ApiKeyRequired: false });
    expect(new Set(open.map(({ HttpMethod }) => HttpMethod))).toEqual(
      new Set(['GET', 'HEAD', 'OPTIONS', 'POST']),
    );
    for (const method of open) {
      expect(method).toMatchObject({ AuthorizationType: 'NONE' });
      expect(method).not.toHaveProperty('AuthorizerId');
    }
  });

  it('has neither keys nor plans, and says so', () => {
    template.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
    template.resourceCountIs('AWS::ApiGateway::UsagePlan', 0);
    expect(template.findOutputs('ApiKeyId')).toEqual({});
    template.hasOutput('Auth', { Value: auth.kind });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ AUTH: auth.kind, LOG_LEVEL: 'INFO' }) },
    });
  });

  it('logs who called', () => {
    const { Format } = only(template, 'AWS::ApiGateway::Stage').properties.AccessLogSetting;
    expect(JSON.parse(Format)).toMatchObject({ principal });
  });

  it('keeps the limits of methods, for all callers together', () => {
    const settings = only(template, 'AWS::ApiGateway::Stage').properties.MethodSettings;
    expect(settings).toContainEqual(
      expect.objectContaining({ ResourcePath: '/~1predict~1url', ThrottlingRateLimit: 8 }),
    );
  });
});

describe('auth by iam', () => {
  const policyOf = (auth: object, overrides: object = {}) =>
    only(templateOf('prod', { auth, ...overrides }), 'AWS::ApiGateway::RestApi').properties.Policy;

  it('needs no resource policy for principals of its own account', () => {
    expect(policyOf({ kind: 'iam' })).toBeUndefined();
  });

  it('lets other accounts call predictions, and everybody the rest', () => {
    const policy = policyOf({ kind: 'iam', accounts: ['210987654321', '333333333333'] }, { corsOrigins });
    const root = (account: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]],
    });
    expect(policy.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Principal: '*',
        Resource: ['GET/*', 'HEAD/*', 'OPTIONS/*', 'POST/v2/repository/index'].map(
          (name) => `execute-api:/prod/${name}`,
        ),
      },
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Principal: { AWS: [root('210987654321'), root('333333333333')] },
        Resource: [
          'DELETE/jobs/*',
          'GET/jobs/*',
          'GET/jobs/*/results',
          'HEAD/jobs/*',
          'HEAD/jobs/*/results',
          'POST/embed',
          'POST/jobs',
          'POST/predict',
          'POST/predict/batch',
          'POST/predict/url',
          'POST/uploads',
          'POST/v2/*',
        ].map((name) => `execute-api:/prod/${name}`),
      },
    ]);
  });

  it('allows no preflights where the stage has none', () => {
    const policy = policyOf({ kind: 'iam', accounts: ['210987654321'] });
    expect(JSON.stringify(policy)).not.toContain('OPTIONS');
  });

  it('deploys the API again when the accounts change', () => {
    const ids = [['210987654321'], ['333333333333']].map(
      (accounts) =>
        only(templateOf('prod', { auth: { kind: 'iam', accounts } }), 'AWS::ApiGateway::Deployment').id,
    );
    expect(new Set(ids).size).toBe(2);
  });
});

describe('auth by tokens of Cognito', () => {
  const template = templateOf('prod', { auth: cognito });

  it('accepts access tokens of the pool with one of the scopes', () => {
    const { id, properties } = only(template, 'AWS::ApiGateway::Authorizer');
    expect(properties).toMatchObject({
      Type: 'COGNITO_USER_POOLS',
      ProviderARNs: [userPoolArn],
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 60,
    });
    for (const method of methodsOf(template).guarded) {
      expect(method).toMatchObject({ AuthorizerId: { Ref: id }, AuthorizationScopes: ['vision/predict'] });
    }
  });

  it('needs no function of its own', () => {
    const count = (one: Template) => Object.keys(one.findResources('AWS::Lambda::Function')).length;
    expect(count(template)).toBe(count(templateOf('prod')));
  });

  it('deploys the API again when the pool or the scopes change', () => {
    const ids = [
      cognito,
      { ...cognito, scopes: ['vision/admin'] },
      { ...cognito, tokens: { from: 'cognito', userPoolArn: `${userPoolArn}3` } },
    ].map((auth) => only(templateOf('prod', { auth }), 'AWS::ApiGateway::Deployment').id);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('auth by tokens of another issuer', () => {
  const template = templateOf('prod', { auth: oidc });
  const [[handlerId, handler] = []] = Object.entries(
    template.findResources('AWS::Lambda::Function', {
      Properties: { ImageConfig: { Command: ['authorizer.handler'] } },
    }),
  );

  it('asks a function of the same image, with a bounded concurrency and outside of any VPC', () => {
    const vpc = {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    };
    templateOf('prod', { auth: oidc, vpc }).hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['authorizer.handler'] },
      VpcConfig: Match.absent(),
    });
    expect(handler?.['Properties']).toMatchObject({
      ReservedConcurrentExecutions: 20,
      Timeout: 10,
      Environment: {
        Variables: {
          OIDC_ISSUER: 'https://login.example.com/',
          OIDC_AUDIENCES: 'api://vision another',
          OIDC_SCOPES: 'predict admin',
          STAGE: 'prod',
        },
      },
    });
    const classifier = template.findResources('AWS::Lambda::Function', {
      Properties: { ImageConfig: { Command: ['index.handler'] } },
    });
    expect(Object.values(classifier)[0]?.['Properties'].Code).toEqual(handler?.['Properties'].Code);
  });

  it('lets only API Gateway call it, for this authorizer', () => {
    const { id } = only(template, 'AWS::ApiGateway::Authorizer');
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: { FunctionName: { 'Fn::GetAtt': [handlerId, 'Arn'] } },
    });
    const [permission, ...others] = Object.values(permissions);
    expect(others).toEqual([]);
    expect(permission?.['Properties'].Principal).toBe('apigateway.amazonaws.com');
    expect(JSON.stringify(permission?.['Properties'].SourceArn)).toContain(`{"Ref":"${id}"}`);
  });

  it('asks about a token once a minute', () => {
    expect(only(template, 'AWS::ApiGateway::Authorizer').properties).toMatchObject({
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.Authorization',
      IdentityValidationExpression: BEARER_TOKEN,
      AuthorizerResultTtlInSeconds: 60,
    });
  });

  it('does not ask about what is no token', () => {
    const regex = new RegExp(BEARER_TOKEN);
    const base64 = (text: string) => Buffer.from(text).toString('base64url');
    const token = `${base64('{"alg":"RS256"}')}.${base64('{ "iss":"a"}')}.c2ln`;
    for (const header of [`Bearer ${token}`, `bearer ${token}`]) expect(header).toMatch(regex);
    for (const header of [
      '',
      'Bearer',
      token,
      'Basic dXNlcjpwYXNz',
      'Bearer abc',
      'Bearer a.b.c',
      `Bearer ${token}.d.e`,
      `Bearer ${base64('{"alg":"none"}')}.${base64('{"iss":"a"}')}.`,
      `Bearer  ${token}`,
      `Bearer ${token} `,
    ]) {
      expect(header).not.toMatch(regex);
    }
  });
});
