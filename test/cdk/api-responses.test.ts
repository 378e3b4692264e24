import { describe, expect, it } from 'vitest';
import { problem } from '../../lambda/http/problem-schemas.ts';
import { gatewayProblems } from '../../lib/constructs/api/gateway-problems.ts';
import type { AuthKind } from '../../lib/settings/auth.ts';
import { templateOf } from './support.ts';

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  readonly ResponseTemplates: Readonly<Record<string, string>>;
  readonly ResponseParameters: Readonly<Record<string, string>>;
}

function responsesOf(overrides: object = {}): GatewayResponse[] {
  const found = templateOf('prod', overrides).findResources('AWS::ApiGateway::GatewayResponse');
  return Object.values(found).map(({ Properties }) => Properties);
}

const bodyOf = ({ ResponseTemplates }: GatewayResponse) =>
  JSON.parse(ResponseTemplates['application/json'] ?? '');
/** The status of each type: docs.aws.amazon.com/apigateway, "Gateway response types". */
const DEFAULT_STATUS: Readonly<Record<string, number | undefined>> = {
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  DEFAULT_5XX: undefined,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
};
const statusOf = ({ StatusCode, ResponseType }: GatewayResponse) =>
  StatusCode === undefined ? DEFAULT_STATUS[ResponseType] : Number(StatusCode);
const header = (name: string) => `gatewayresponse.header.${name}`;

const auth = {
  kind: 'jwt',
  tokens: { from: 'oidc', issuer: 'https://login.example.com', audiences: ['api://vision'] },
};

describe('the gateway’s own errors', () => {
  const responses = responsesOf();
  const ofTokens = responsesOf({ auth });

  it('have the code of the service’s equivalent errors, and the status unless it is a 5xx', () => {
    const kinds = Object.fromEntries(
      responses.map((response) => [
        response.ResponseType,
        `${response.StatusCode ?? 'unmodified'} ${bodyOf(response).code}`,
      ]),
    );
    expect(kinds).toEqual({
      ACCESS_DENIED: '403 forbidden',
      API_CONFIGURATION_ERROR: 'unmodified internal',
      BAD_REQUEST_BODY: '400 invalid_request',
      BAD_REQUEST_PARAMETERS: '400 invalid_request',
      DEFAULT_4XX: '400 invalid_request',
      DEFAULT_5XX: 'unmodified internal',
      EXPIRED_TOKEN: '403 forbidden',
      INTEGRATION_FAILURE: 'unmodified gateway_timeout',
      INTEGRATION_TIMEOUT: 'unmodified gateway_timeout',
      INVALID_API_KEY: '403 forbidden',
      INVALID_SIGNATURE: '403 forbidden',
      MISSING_AUTHENTICATION_TOKEN: '404 not_found',
      QUOTA_EXCEEDED: '429 rate_limited',
      REQUEST_TOO_LARGE: '413 image_too_large',
      RESOURCE_NOT_FOUND: '404 not_found',
      THROTTLED: '429 rate_limited',
      UNSUPPORTED_MEDIA_TYPE: '415 unsupported_media_type',
      WAF_FILTERED: '403 forbidden',
    });
  });

  it.each([...responses, ...ofTokens].map((response) => [response.ResponseType, response] as const))(
    '%s is a problem with the request’s id',
    (_, response) => {
      const body = bodyOf(response);
      expect(problem.parse(body)).toEqual(body);
      expect(body.status).toBe(statusOf(response));
      expect(body.request_id).toBe('$context.requestId');
      expect(response.ResponseParameters).toMatchObject({
        [header('Content-Type')]: "'application/problem+json'",
        [header('Cache-Control')]: "'no-store'",
        [header('X-Request-Id')]: 'context.requestId',
      });
    },
  );

  it('never change a 5xx, because API Gateway would count it as 4XXError', () => {
    const changed = ofTokens.filter(({ StatusCode }) => StatusCode !== undefined);
    expect(changed.filter(({ StatusCode }) => Number(StatusCode) >= 500)).toEqual([]);
    const kept = ofTokens.filter(({ StatusCode }) => StatusCode === undefined);
    expect(kept.map(({ ResponseType }) => ResponseType).sort()).toEqual(Object.keys(DEFAULT_STATUS).sort());
  });

  it('of tokens have a status of their own, and the scheme that HTTP asks for', () => {
    const of = (type: string) => ofTokens.find(({ ResponseType }) => ResponseType === type);
    expect(of('UNAUTHORIZED')).toMatchObject({
      StatusCode: '401',
      ResponseParameters: { [header('WWW-Authenticate')]: "'Bearer'" },
    });
    expect(responses.map(({ ResponseType }) => ResponseType)).not.toContain('UNAUTHORIZED');
    const challenges = ofTokens.filter(
      ({ ResponseParameters }) => header('WWW-Authenticate') in ResponseParameters,
    );
    expect(challenges.map(({ ResponseType }) => ResponseType)).toEqual(['UNAUTHORIZED']);
  });

  it('say what the stage expects of callers', () => {
    const bodyFor = (kind: AuthKind, type: string) => gatewayProblems(kind).get(type)?.body;
    expect(bodyFor('api-key', 'ACCESS_DENIED')?.detail).toContain('x-api-key');
    expect(bodyFor('iam', 'ACCESS_DENIED')?.detail).toContain('Signature Version 4');
    expect(bodyFor('jwt', 'ACCESS_DENIED')?.detail).toContain('scope');
    // A REST API says the same for an unsigned request and for a path that it does not have.
    expect(bodyFor('api-key', 'MISSING_AUTHENTICATION_TOKEN')).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect(bodyFor('iam', 'MISSING_AUTHENTICATION_TOKEN')).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('tell throttled callers when to retry', () => {
    const later = responses.flatMap(({ ResponseType, ResponseParameters }) => {
      const value = ResponseParameters[header('Retry-After')];
      return value ? [`${ResponseType} ${value}`] : [];
    });
    expect(later.sort()).toEqual(["QUOTA_EXCEEDED '3600'", "THROTTLED '1'"]);
  });

  it('can be read by pages of other origins only if the stage has corsOrigins', () => {
    const origins = (all: GatewayResponse[]) =>
      new Set(all.map(({ ResponseParameters }) => ResponseParameters[header('Access-Control-Allow-Origin')]));
    expect(origins(responses)).toEqual(new Set([undefined]));
    expect(origins(responsesOf({ corsOrigins: ['https://app.example.com'] }))).toEqual(new Set(["'*'"]));
  });
});
