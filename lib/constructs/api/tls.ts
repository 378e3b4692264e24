import { EndpointAccessMode, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';

/**
 * TLS 1.3, or TLS 1.2 with forward secrecy. The default of a regional API still accepts TLS 1.0:
 * docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html. Clients lose
 * TLS 1.0 and 1.1, and TLS 1.2 without ECDHE; every client of the last ten years has better.
 *
 * The access mode `STRICT` refuses requests whose host name is not the one that the TLS handshake named, and
 * requests through another type of endpoint: apigateway-security-policies.html, "Endpoint access mode".
 */
export const TLS = {
  securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
  endpointAccessMode: EndpointAccessMode.STRICT,
} as const;
