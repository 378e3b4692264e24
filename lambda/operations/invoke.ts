import { randomUUID } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { jsonOf } from './json.ts';

/** A request to the service, whichever way it is sent. */
export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  /** Without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

export interface InvokedAnswer {
  readonly status: number;
  readonly text: string;
  /** The version that answered. For an alias, the one that it invoked. */
  readonly executedVersion: string | undefined;
}

/** An invocation of the service that gave no HTTP answer. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  /** The version that failed. */
  readonly executedVersion: string | undefined;

  constructor(message: string, executedVersion: string | undefined) {
    super(message);
    this.executedVersion = executedVersion;
  }
}

/**
 * How the ids of these requests begin in the service's log, so that they can be told apart from those of
 * clients. Behind API Gateway nobody can choose such an id: its own ids replace them.
 */
export const SYNTHETIC_REQUEST_ID = 'synthetic-';

const proxyResult = z.object({ statusCode: z.number(), body: z.string() });

/**
 * Sends a request to a function as API Gateway would.
 *
 * @param target name or ARN of a function, with its version or alias.
 * @throws InvocationError if the function fails or returns something else than an HTTP answer.
 * @throws errors of the AWS SDK.
 */
export async function invokeService(
  lambda: LambdaClient,
  target: string,
  request: ServiceRequest,
  signal?: AbortSignal,
): Promise<InvokedAnswer> {
  const command = new InvokeCommand({ FunctionName: target, Payload: JSON.stringify(proxyEvent(request)) });
  const output = await lambda.send(command, signal ? { abortSignal: signal } : {});
  const payload = Buffer.from(output.Payload ?? []).toString();
  const { ExecutedVersion: executedVersion } = output;
  if (output.FunctionError) {
    throw new InvocationError(
      `expected an answer from ${target}, got ${output.FunctionError} error: ${excerpt(payload)}`,
      executedVersion,
    );
  }
  const result = jsonOf(proxyResult, payload);
  if (!result) {
    throw new InvocationError(
      `expected an HTTP answer from ${target}, got ${excerpt(payload)}`,
      executedVersion,
    );
  }
  return { status: result.statusCode, text: result.body, executedVersion };
}

/** The part of a REST API's proxy event that the service reads: lambda/http/gateway.ts. */
function proxyEvent({ method, path, query, headers, body }: ServiceRequest) {
  return {
    httpMethod: method,
    path: `/${path}`,
    ...(query ? { queryStringParameters: query } : {}),
    headers: { ...headers, 'x-request-id': `${SYNTHETIC_REQUEST_ID}${randomUUID()}` },
    ...(body ? { body: Buffer.from(body).toString('base64'), isBase64Encoded: true } : {}),
  };
}

/** The start of an answer, for an error. */
export const excerpt = (text: string): string => text.slice(0, 300) || 'nothing';
