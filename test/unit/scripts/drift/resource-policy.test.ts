import { describe, expect, it } from 'vitest';
import { isCompletedPolicy } from '../../../../scripts/lib/drift/resource-policy.ts';

const API = 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/';
const policy = (prefix: string, account = '210987654321', order = ['GET', 'HEAD']) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Resource: order.map((method) => `${prefix}prod/${method}/*`) },
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Resource: `${prefix}prod/POST/predict`,
    },
  ],
});
const difference = (ExpectedValue: unknown, ActualValue: unknown, PropertyPath = '/Policy') => ({
  PropertyPath,
  ExpectedValue: typeof ExpectedValue === 'string' ? ExpectedValue : JSON.stringify(ExpectedValue),
  ActualValue: typeof ActualValue === 'string' ? ActualValue : JSON.stringify(ActualValue),
  DifferenceType: 'NOT_EQUAL' as const,
});
const TYPE = 'AWS::ApiGateway::RestApi';

describe('the resource policy of an API', () => {
  it('is the same with the ARNs that API Gateway completes, in any order', () => {
    expect(isCompletedPolicy(TYPE, difference(policy('execute-api:/'), policy(API)))).toBe(true);
    const reordered = policy(API, '210987654321', ['HEAD', 'GET']);
    expect(isCompletedPolicy(TYPE, difference(policy('execute-api:/'), reordered))).toBe(true);
    const one = difference('execute-api:/prod/GET/*', `${API}prod/GET/*`, '/Policy/Statement/0/Resource/0');
    expect(isCompletedPolicy(TYPE, one)).toBe(true);
  });

  it.each([
    ['another account', policy(API, '333333333333')],
    ['another method', policy(API, '210987654321', ['GET', 'POST'])],
    ['a method less', policy(API, '210987654321', ['GET'])],
    ['nothing', ''],
  ])('has changed if it has %s', (_, actual) => {
    expect(isCompletedPolicy(TYPE, difference(policy('execute-api:/'), actual))).toBe(false);
  });

  it('is no other property and no other resource', () => {
    const same = difference('a', 'a', '/Policies');
    expect(isCompletedPolicy(TYPE, same)).toBe(false);
    expect(isCompletedPolicy('AWS::S3::Bucket', { ...same, PropertyPath: '/Policy' })).toBe(false);
  });
});
