import { describe, expect, test } from 'vitest';
import { readAuthorizerSettings } from '../../../lambda/authorization/settings.ts';

const environment = {
  OIDC_ISSUER: 'https://login.example.com/',
  OIDC_AUDIENCES: 'api://vision  another',
  STAGE: 'prod',
};

describe('the settings of the authorizer', () => {
  test('are lists of words', () => {
    expect(readAuthorizerSettings({ ...environment, OIDC_SCOPES: 'predict batch' })).toEqual({
      issuer: 'https://login.example.com/',
      audiences: ['api://vision', 'another'],
      scopes: ['predict', 'batch'],
      stage: 'prod',
    });
    expect(readAuthorizerSettings(environment).scopes).toEqual([]);
  });

  test.each([
    ['no issuer', { OIDC_ISSUER: '' }, 'OIDC_ISSUER: expected a value, got none'],
    ['an issuer without TLS', { OIDC_ISSUER: 'http://a.example' }, 'OIDC_ISSUER: expected an https URL'],
    ['an issuer with a query', { OIDC_ISSUER: 'https://a.example?b' }, 'OIDC_ISSUER: expected an https URL'],
    [
      'the URL of a discovery document',
      { OIDC_ISSUER: 'https://a.example/.well-known/openid-configuration' },
      'OIDC_ISSUER: expected an https URL without a query and without /.well-known/',
    ],
    ['no audience', { OIDC_AUDIENCES: ' ' }, 'OIDC_AUDIENCES: expected an audience'],
    ['a scope that is none', { OIDC_SCOPES: 'a "b"' }, 'OIDC_SCOPES: expected a scope'],
    ['a misspelled name', { OIDC_SCOPE: 'a' }, 'OIDC_SCOPE is not a setting of the service'],
  ])('refuse %s', (_, change, message) => {
    expect(() => readAuthorizerSettings({ ...environment, ...change })).toThrow(message);
  });
});
