import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { jsonOf } from './json.ts';

export interface Canary {
  readonly lambda: LambdaClient;
  /** Name or ARN of a function, with its version or alias. */
  readonly target: string;
  readonly photo: Uint8Array;
  /** WordNet ids of the classes that the photo may be. */
  readonly expectedWnids: readonly string[];
}

export interface CanaryAnswer {
  readonly label: string;
  readonly probability: number;
  /** The version that answered: for an alias, the one that it led to. */
  readonly executedVersion: string | undefined;
}

const proxyResult = z.object({ statusCode: z.number(), body: z.string() });
const predictions = z.object({
  predictions: z.array(z.object({ wnid: z.string(), label: z.string(), probability: z.number() })).min(1),
});

/**
 * Sends the photo to a function as API Gateway would and looks at the first class.
 *
 * @throws Error that says in one line what was expected and what came.
 */
export async function classifyCanary(canary: Canary, signal: AbortSignal): Promise<CanaryAnswer> {
  const { lambda, target, photo, expectedWnids } = canary;
  const command = new InvokeCommand({ FunctionName: target, Payload: JSON.stringify(proxyEvent(photo)) });
  const output = await lambda.send(command, { abortSignal: signal });
  const payload = Buffer.from(output.Payload ?? []).toString();
  if (output.FunctionError) {
    throw new Error(`expected ${target} to answer, it failed (${output.FunctionError}): ${excerpt(payload)}`);
  }
  const result = jsonOf(proxyResult, payload);
  if (result?.statusCode !== 200) {
    const got = result ? `${result.statusCode}: ${result.body}` : payload;
    throw new Error(`expected status 200 of ${target}, got ${excerpt(got)}`);
  }
  const top = jsonOf(predictions, result.body)?.predictions[0];
  if (!top) throw new Error(`expected predictions of ${target}, got ${excerpt(result.body)}`);
  if (!expectedWnids.includes(top.wnid)) {
    throw new Error(`expected a class among ${expectedWnids.join(', ')}, got ${top.wnid} (${top.label})`);
  }
  return { label: top.label, probability: top.probability, executedVersion: output.ExecutedVersion };
}

/** What the service needs of a REST API's proxy event: lambda/http/gateway.ts. */
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
