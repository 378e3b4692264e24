import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Hono } from 'hono';
import { z } from 'zod';
import { ServiceError } from '../errors.ts';
import { wholeBody } from './body/source.ts';
import type { AppEnv } from './context.ts';
import { callerContext, gatewayCaller } from './gateway-caller.ts';
import { problemResponse } from './problem.ts';
import { isGatewayRequestId } from './request-id.ts';

const headerValues = valuesOf(z.string().nullish());
const listValues = valuesOf(z.array(z.string()).nullish());
const body = { body: z.string().nullish(), isBase64Encoded: z.boolean().default(false) };
const path = z.string().startsWith('/');
/** HTTP allows more, but every method in use fits. */
const method = z.string().regex(/^[A-Z-]{1,32}$/);

/** The fields that the service uses in the proxy event of a REST API (payload format 1.0). */
const restEvent = z
  .object({
    ...body,
    httpMethod: method,
    path,
    headers: headerValues,
    multiValueHeaders: listValues,
    queryStringParameters: headerValues,
    multiValueQueryStringParameters: listValues,
    requestContext: z.object({ requestId: z.string().optional(), ...callerContext }).default({}),
  })
  .transform((event) => ({
    ...event,
    method: event.httpMethod,
    query: new URLSearchParams(
      pairs(filled(event.multiValueQueryStringParameters) ?? event.queryStringParameters),
    ).toString(),
    headers: pairs(filled(event.multiValueHeaders) ?? event.headers),
  }));

/** The same for an HTTP API or a function URL (payload format 2.0). */
const httpEvent = z
  .object({
    ...body,
    version: z.literal('2.0'),
    rawPath: path,
    rawQueryString: z.string().default(''),
    headers: headerValues,
    requestContext: z.object({
      requestId: z.string().optional(),
      stage: z.string().default('$default'),
      http: z.object({ method }),
      ...callerContext,
    }),
  })
  .transform((event) => ({
    ...event,
    method: event.requestContext.http.method,
    path: withoutStage(event.rawPath, event.requestContext.stage),
    query: event.rawQueryString,
    headers: pairs(event.headers),
  }));

const gatewayEvent = z.union([httpEvent, restEvent]);
type GatewayEvent = z.output<typeof gatewayEvent>;

/** Time of the function that is kept for writing the answer and the log, in milliseconds. */
const ANSWER_MS = 500;

/** Time of the function that is left when nothing may run any more, in milliseconds. */
const RETURN_MS = 200;

const TEXT = /^(text\/|application\/([^;]*\+)?json|image\/svg\+xml)/;

export type GatewayHandler = (
  event: unknown,
  context: Pick<Context, 'awsRequestId'> & Partial<Pick<Context, 'getRemainingTimeInMillis'>>,
) => Promise<APIGatewayProxyResult>;

/**
 * Makes the app a Lambda handler for proxy events of API Gateway's REST (v1) and HTTP (v2) APIs and of
 * function URLs. Any other event is answered with a problem. docs/adr/0004: why not Hono's adapter.
 *
 * @param finish awaited before the handler returns, because Lambda freezes the process then. It gets the
 *   milliseconds that are left, if they are known.
 */
export function gatewayHandler(
  app: Pick<Hono<AppEnv>, 'fetch'>,
  finish: (withinMs?: number) => Promise<void> = async () => {},
): GatewayHandler {
  return async (event, context) => {
    const { awsRequestId } = context;
    const remainingMs = context.getRemainingTimeInMillis?.();
    let parsed: GatewayEvent;
    let request: Request;
    let body: Uint8Array;
    try {
      parsed = gatewayEvent.parse(event);
      body = bodyOf(parsed);
      request = requestOf(parsed, body.byteLength);
    } catch (cause) {
      return resultOf(problemResponse(malformed(cause), awsRequestId));
    }
    const { requestId } = parsed.requestContext;
    const bindings = {
      functionRequestId: awsRequestId,
      readBody: wholeBody(body),
      caller: gatewayCaller(parsed.requestContext),
      ...(remainingMs === undefined ? {} : { remainingMs: remainingMs - ANSWER_MS }),
      ...(requestId ? { gatewayRequestId: isGatewayRequestId(requestId) ? requestId : awsRequestId } : {}),
    };
    const result = await resultOf(await app.fetch(request, bindings));
    const leftMs = context.getRemainingTimeInMillis?.();
    await finish(leftMs === undefined ? undefined : Math.max(0, leftMs - RETURN_MS));
    return result;
  };
}

function malformed(cause: unknown): ServiceError {
  return new ServiceError('invalid_request', 'Expected a proxy event from API Gateway.', {
    cause,
    fields: [{ field: 'event', message: 'expected an HTTP method, a path, headers and a body' }],
  });
}

/**
 * Characters that a URL parser would drop, or read as the end of the path or as a slash. The app refuses `#`.
 */
const NOT_IN_A_PATH = /[\0- ?\\]/g;

function bodyOf({ body, isBase64Encoded }: GatewayEvent): Uint8Array {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

/** `Headers` takes only values in Latin-1, which is what an HTTP server gives it. */
const NOT_LATIN_1 = /[^\0-\xff]/;

/**
 * The request without its body, which a `Request` would copy. A header with a value that HTTP cannot carry
 * is left out.
 *
 * @throws TypeError for a method or a header that HTTP does not allow.
 */
function requestOf({ method, path, query, headers }: GatewayEvent, bodyBytes: number): Request {
  const sent = new Headers(headers.filter(([, value]) => !NOT_LATIN_1.test(value)));
  sent.set('content-length', String(bodyBytes));
  sent.delete('transfer-encoding');
  // The host does not matter: links are relative, and no route depends on it.
  const url = `https://localhost${path.replace(NOT_IN_A_PATH, encodeURIComponent)}${query ? `?${query}` : ''}`;
  return new Request(url, { method, headers: sent });
}

async function resultOf(response: Response): Promise<APIGatewayProxyResult> {
  const { headers } = response;
  const isText = !headers.has('content-encoding') && TEXT.test(headers.get('content-type') ?? 'text/plain');
  return {
    statusCode: response.status,
    headers: Object.fromEntries(headers),
    body: Buffer.from(await response.arrayBuffer()).toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

/** Values by name. Unlike `z.record`, it keeps the name `__proto__`. */
function valuesOf<Value extends z.ZodType>(value: Value) {
  type Values = Readonly<Record<string, z.output<Value>>>;
  return z
    .custom<Values>(
      (values) =>
        typeof values === 'object' &&
        values !== null &&
        !Array.isArray(values) &&
        Object.values(values).every((one) => value.safeParse(one).success),
    )
    .nullish();
}

/** Some senders of events, such as test consoles, leave one of two fields with the same content empty. */
function filled<Values extends object>(values: Values | null | undefined): Values | undefined {
  return values && Object.keys(values).length > 0 ? values : undefined;
}

function pairs(
  values: Readonly<Record<string, string | readonly string[] | null | undefined>> | null | undefined,
): [string, string][] {
  return Object.entries(values ?? {}).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
}

/** HTTP APIs put the name of a stage in front of the path, except for the default stage. REST APIs do not. */
function withoutStage(rawPath: string, stage: string): string {
  const prefix = `/${stage}`;
  if (rawPath !== prefix && !rawPath.startsWith(`${prefix}/`)) return rawPath;
  return rawPath.slice(prefix.length) || '/';
}
