import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { jsonOf } from './json.ts';

export interface Canary {
  readonly lambda: LambdaClient;
  /** Name or ARN of a function, with its version or alias. */
  readonly target: string;
  readonly photo: Uint8Array;
  /** WordNet ids of the acceptable classes. */
  readonly expectedWnids: readonly string[];
}

export interface CanaryAnswer {
  readonly label: string;
  readonly probability: number;
  /** The version that answered. For an alias, the one that it invoked. */
  readonly executedVersion: string | undefined;
}

const proxyResult = z.object({ statusCode: z.number(), body: z.string() });
const predictions = z.object({
  predictions: z.array(z.object({ wnid: z.string(), label: z.string(), probability: z.number() })).min(1),
});

/**
 * Sends the photo to a function as API Gateway would, and checks the top-1 class.
 *
 * @throws Error saying in one line what was expected and what came.
 */
export async function classifyCanary(canary: Canary, signal: AbortSignal): Promise<CanaryAnswer> {
  const { lambda, target, photo, expectedWnids } = canary;
  const command = new InvokeCommand({ FunctionName: target, Payload: JSON.stringify(proxyEvent(photo)) });
  const output = await lambda.send(command, { abortSignal: signal });
  const payload = Buffer.from(output.Payload ?? []).toString();
  if (output.FunctionError) {
    throw new Error(
      `expected an answer from ${target}, got ${output.FunctionError} error: ${excerpt(payload)}`,
    );
  }
  const result = jsonOf(proxyResult, payload);
  if (result?.statusCode !== 200) {
    const got = result ? `${result.statusCode}: ${result.body}` : payload;
    throw new Error(`expected status 200 from ${target}, got ${excerpt(got)}`);
  }
  const top = jsonOf(predictions, result.body)?.predictions[0];
  if (!top) throw new Error(`expected predictions from ${target}, got ${excerpt(result.body)}`);
  if (!expectedWnids.includes(top.wnid)) {
    throw new Error(
      `expected one of the classes ${expectedWnids.join(', ')}, got ${top.wnid} (${top.label})`,
    );
  }
  return { label: top.label, probability: top.probability, executedVersion: output.ExecutedVersion };
}

/** The part of a REST API's proxy event that the service reads: lambda/http/gateway.ts. */
function proxyEvent(photo: Uint8Array) {
  return {
    httpMethod: 'POST',
    path: '/predict',
    queryStringParameters: { top_k: '1' },
    body: Buffer.from(photo).toString('base64'),
    isBase64Encoded: true,
  };
}

const excerpt = (text: string) => text.slice(0, 300) || 'nothing';
