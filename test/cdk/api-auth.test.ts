import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
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
          '/predict/batch/POST': { RateLimit: 4, BurstLimit: 8 },
          '/predict/url/POST': { RateLimit: 4, BurstLimit: 8 },
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
