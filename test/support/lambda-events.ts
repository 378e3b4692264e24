/** A request before API Gateway turns it into an event. */
export interface GatewayRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
  /** A body that API Gateway treats as text, as it does if binary media types are not configured. */
  readonly text?: string;
}

/** An image as the field `file` of a form. */
export async function formRequest(bytes: Uint8Array<ArrayBuffer>): Promise<GatewayRequest> {
  const form = new FormData();
  form.append('file', new Blob([bytes]), 'cat.jpg');
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return {
    method: 'POST',
    path: '/predict',
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
    body: await request.bytes(),
  };
}

function bodyFields({ body, text }: GatewayRequest) {
  if (body) return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  return { body: text ?? null, isBase64Encoded: false };
}

/** The proxy event of a REST API: docs.aws.amazon.com/apigateway, "Input format of a Lambda function". */
export function restEvent(request: GatewayRequest) {
  const { method = 'GET', path, query, headers = {} } = request;
  const multi = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: multi(headers),
    queryStringParameters: query ?? null,
    multiValueQueryStringParameters: query ? multi(query) : null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef',
      domainName: 'abcdef.execute-api.eu-central-1.amazonaws.com',
      httpMethod: method,
      path: `/prod${path}`,
      protocol: 'HTTP/1.1',
      requestId: 'rest-request-id',
      stage: 'prod',
    },
    ...bodyFields(request),
  };
}

/** The payload format 2.0 of an HTTP API or a function URL. */
export function httpEvent(request: GatewayRequest, stage = '$default') {
  const { method = 'GET', path, query, headers = {} } = request;
  const rawPath = stage === '$default' ? path : `/${stage}${path}`;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers,
    queryStringParameters: query,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef',
      domainName: 'abcdef.execute-api.eu-central-1.amazonaws.com',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'http-request-id',
      stage,
    },
    ...bodyFields(request),
  };
}

export const lambdaContext = { awsRequestId: 'function-request-id' };
