import { setTimeout as sleep } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { invokeService } from './invoke.ts';

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until it gives up. @default 2 minutes */
  readonly limitMs?: number;
  /** Milliseconds between two checks. @default 2000 */
  readonly pauseMs?: number;
}

/**
 * Waits until Lambda can invoke a version. Lambda makes a version `Inactive` when nothing has called it for a
 * long time. It then refuses the next invocation, and takes that as the request to prepare the version again:
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 *
 * @param target name or ARN of a function, with its version or alias.
 * @throws Error if the version is `Failed`, or not `Active` in time; errors of the AWS SDK.
 */
export async function waitUntilActive(
  lambda: LambdaClient,
  target: string,
  { signal, limitMs = 120_000, pauseMs = 2000 }: WaitOptions = {},
): Promise<void> {
  const options = signal ? { abortSignal: signal } : {};
  const end = performance.now() + limitMs;
  for (;;) {
    const { State: state, StateReason: reason } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: target }),
      options,
    );
    // Emulators may leave the state out.
    if (state === undefined || state === 'Active') return;
    if (state === 'Failed' || performance.now() > end) {
      const why = reason ? `: ${reason}` : '';
      throw new Error(`expected ${target} to be Active within ${limitMs / 1000} s, got ${state}${why}`);
    }
    if (state === 'Inactive') {
      // Lambda refuses this call. What counts is that it was made.
      await invokeService(lambda, target, { method: 'GET', path: 'health' }, signal).catch(() => undefined);
    }
    await sleep(pauseMs, undefined, signal ? { signal } : {});
  }
}
