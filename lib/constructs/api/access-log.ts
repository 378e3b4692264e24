import { AccessLogFormat, AccessLogField as Field } from 'aws-cdk-lib/aws-apigateway';
import type { Auth } from '../../settings/auth.ts';

/**
 * One JSON object per request. Every value is a string, because API Gateway writes `-` for unknown values.
 * Paths have no query string, as in the service's own log. `request_id` is the same in both logs.
 *
 * `$context.error.message` is left out: for an unknown path and for an unsigned request, API Gateway has put the
 * header Authorization there, which may be a token, and has quotation marks that could replace other fields.
 */
export const accessLogFormat = (auth: Auth): AccessLogFormat =>
  AccessLogFormat.custom(
    JSON.stringify({
      // The only text that a client chooses freely. It comes first, so that a quotation mark in it cannot
      // replace a later field: metrics are counted from them.
      user_agent: Field.contextIdentityUserAgent(),
      request_id: Field.contextRequestId(),
      extended_request_id: Field.contextExtendedRequestId(),
      xray_trace_id: Field.contextXrayTraceId(),
      time_epoch_ms: Field.contextRequestTimeEpoch(),
      ip: Field.contextIdentitySourceIp(),
      api_key_id: Field.contextIdentityApiKeyId(),
      ...principal(auth),
      protocol: Field.contextProtocol(),
      method: Field.contextHttpMethod(),
      path: Field.contextPath(),
      resource_path: Field.contextResourcePath(),
      status: Field.contextStatus(),
      latency_ms: Field.contextResponseLatency(),
      response_bytes: Field.contextResponseLength(),
      integration_status: Field.contextIntegrationStatus(),
      integration_latency_ms: Field.contextIntegrationLatency(),
      integration_error: Field.contextIntegrationErrorMessage(),
      error_type: Field.contextErrorResponseType(),
      waf_status: Field.contextWafStatus(),
      waf_response: Field.contextWafResponseCode(),
      waf_error: Field.contextWafError(),
    }),
  );

/**
 * Who called, where callers are more than a key. Neither an ARN nor what the authorizers give has quotation
 * marks.
 */
function principal(auth: Auth): { readonly principal?: string } {
  if (auth === 'off' || auth.kind === 'api-key') return {};
  if (auth.kind === 'iam') return { principal: Field.contextIdentityUserArn() };
  const { from } = auth.tokens;
  return {
    principal:
      from === 'cognito' ? Field.contextAuthorizerClaims('sub') : Field.contextAuthorizerPrincipalId(),
  };
}
