import { readFile } from 'node:fs/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { excerpt, InvocationError, invokeService } from './invoke.ts';
import { jsonOf } from './json.ts';
import type { CanarySettings } from './settings.ts';

export interface Canary {
  readonly lambda: LambdaClient;
  /** Name or ARN of a function, with its version or alias. */
  readonly target: string;
  readonly photo: Uint8Array<ArrayBuffer>;
  /** The acceptable classes: WordNet ids or labels. */
  readonly expectedClasses: readonly string[];
}

export interface CanaryAnswer {
  readonly label: string;
  readonly probability: number;
  /** The version that answered. For an alias, the one that it invoked. */
  readonly executedVersion: string | undefined;
}

/** Keeps photos that only test a deployment out of the captured sample: lambda/http/offer-images.ts. */
export const NO_CAPTURE_HEADERS = { 'x-no-capture': '1' };

const prediction = z.object({ wnid: z.string().optional(), label: z.string(), probability: z.number() });

/** The predictions for one image, the most probable first. */
export const predictions = z.array(prediction).min(1);

/** Whether a prediction is one of these classes, which are WordNet ids or labels. */
export const isExpected = (
  expectedClasses: readonly string[],
  { wnid, label }: Pick<z.output<typeof prediction>, 'wnid' | 'label'>,
): boolean => expectedClasses.includes(label) || (wnid !== undefined && expectedClasses.includes(wnid));

const answer = z.object({ predictions });

/** The canary of a function, with its photo read from a file. */
export async function readCanary(
  lambda: LambdaClient,
  { target, photo, expectedClasses }: Pick<CanarySettings, 'target' | 'photo' | 'expectedClasses'>,
): Promise<Canary> {
  return { lambda, target, photo: await readFile(photo), expectedClasses };
}

/**
 * Sends the photo to a function as API Gateway would, and checks the top-1 class.
 *
 * @throws InvocationError saying in one line what was expected, what came and from which version.
 * @throws errors of the AWS SDK.
 */
export async function classifyCanary(canary: Canary, signal: AbortSignal): Promise<CanaryAnswer> {
  const { lambda, target, photo, expectedClasses } = canary;
  const request = {
    method: 'POST',
    path: 'predict',
    query: { top_k: '1' },
    headers: NO_CAPTURE_HEADERS,
    body: photo,
  } as const;
  const { status, text, executedVersion } = await invokeService(lambda, target, request, signal);
  const refuse = (message: string) => new InvocationError(message, executedVersion);
  if (status !== 200) throw refuse(`expected status 200 from ${target}, got ${status}: ${excerpt(text)}`);
  const top = jsonOf(answer, text)?.predictions[0];
  if (!top) throw refuse(`expected predictions from ${target}, got ${excerpt(text)}`);
  if (!isExpected(expectedClasses, top)) {
    const got = top.wnid === undefined ? top.label : `${top.wnid} (${top.label})`;
    throw refuse(`expected one of the classes ${expectedClasses.join(', ')}, got ${got}`);
  }
  return { label: top.label, probability: top.probability, executedVersion };
}
