import { inject } from 'vitest';
import { clientOf } from '../../scripts/emulator/account.ts';
import { output } from '../../scripts/emulator/deployment.ts';
import { type Answer, answerOf } from '../support/openapi.ts';

const { address, apiUrl, apiKey, outputs } = inject('deployment');

/** Configuration of an AWS SDK client for the emulator. */
export const client = clientOf(address);
export const stackOutput = (name: string): string => output(outputs, name);

export interface Call {
  readonly method?: string;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
  /** API key. @default the key of the deployed API */
  readonly key?: string | undefined;
  readonly redirect?: NonNullable<RequestInit['redirect']>;
}

/** One request to the deployed API. */
export function send(path: string, call: Call = {}): Promise<Response> {
  const { method = 'GET', body, headers = {}, redirect = 'follow' } = call;
  const key = 'key' in call ? call.key : apiKey;
  return fetch(`${apiUrl}${path}`, {
    method,
    redirect,
    headers: { ...headers, ...(key === undefined ? {} : { 'x-api-key': key }) },
    ...(body === undefined ? {} : { body }),
  });
}

/** Calls like a well-behaved client: waits and retries if the key has used up its rate. */
export async function call(path: string, init: Call = {}): Promise<Answer> {
  for (;;) {
    const response = await send(path, init);
    if (response.status !== 429) return answerOf(response);
    await response.bytes();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export const post = (
  path: string,
  body: NonNullable<RequestInit['body']>,
  type?: string,
  caller: Pick<Call, 'key'> = {},
): Promise<Answer> =>
  call(path, { method: 'POST', body, headers: type ? { 'content-type': type } : {}, ...caller });

/** Tries again until the emulator has caught up, for at most the time of a test. */
export { retry } from '../../scripts/lib/system/wait.ts';
