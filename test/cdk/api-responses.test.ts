import { describe, expect, it } from 'vitest';
import { problem } from '../../lambda/http/problem-schemas.ts';
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
  DEFAULT_5XX: undefined,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
};
const statusOf = ({ StatusCode, ResponseType }: GatewayResponse) =>
  StatusCode === undefined ? DEFAULT_STATUS[ResponseType] : Number(StatusCode);
const header = (name: string) => `gatewayresponse.header.${name}`;

describe('the gateway’s own errors', () => {
  const responses = responsesOf();

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

  it.each(responses.map((response) => [response.ResponseType, response] as const))(
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
    const changed = responses.filter(({ StatusCode }) => StatusCode !== undefined);
    expect(changed.filter(({ StatusCode }) => Number(StatusCode) >= 500)).toEqual([]);
    const kept = responses.filter(({ StatusCode }) => StatusCode === undefined);
    expect(kept.map(({ ResponseType }) => ResponseType).sort()).toEqual(Object.keys(DEFAULT_STATUS).sort());
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
