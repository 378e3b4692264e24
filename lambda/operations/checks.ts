import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { waitUntilActive } from './active.ts';
import { type Canary, type CanaryAnswer, classifyCanary, readCanary } from './canary.ts';
import { invokeService } from './invoke.ts';
import { jsonOf } from './json.ts';
import type { HookSettings } from './settings.ts';
import { smokeChecks } from './smoke-checks.ts';
import { sendPhotos } from './synthetic-traffic.ts';

/** Checks what a deployment is about to do or has done. @throws Error saying what is wrong. */
export type Check = (settings: HookSettings, signal: AbortSignal) => Promise<CanaryAnswer>;

/** This many correct answers in a row are needed. */
const ANSWERS = 5;
/** Before that, the alias may invoke another version this many times. */
const STALE_LIMIT = 10;

/** Lambda may deny access this many times. */
const DENIED_LIMIT = 5;

/**
 * Before any traffic: the new version is active, classifies the photo correctly and passes the smoke test. The
 * hook's permission for that version is new, and IAM takes a moment to apply it everywhere, so a denied call is
 * retried.
 *
 * @param pauseMs milliseconds between a denied call and the next one.
 */
export function versionCheck(lambda: LambdaClient, pauseMs = 3000): Check {
  return async (settings, signal) => {
    const { target } = settings;
    const canary = await readCanary(lambda, settings);
    for (let denied = 0; ; ) {
      try {
        await waitUntilActive(lambda, target, { signal, pauseMs });
        const answer = await classifyCanary(canary, signal);
        await passSmokeTest(canary, signal);
        return answer;
      } catch (error) {
        const isDenied = error instanceof Error && error.name === 'AccessDeniedException';
        denied += 1;
        if (!isDenied || denied === DENIED_LIMIT) throw error;
        await sleep(pauseMs, undefined, { signal });
      }
    }
  };
}

/**
 * After all traffic has moved: the alias invokes the new version, which passes the smoke test. The smoke test
 * through the public URL is a command instead: CloudFormation may change the API only after the alias. Then
 * the hook waits and sends photos, because CodeDeploy watches its alarms only until the last hook reports.
 *
 * @param pauseMs milliseconds between an answer of the previous version and the next call.
 */
export function aliasCheck(lambda: LambdaClient, pauseMs = 1000): Check {
  return async (settings, signal) => {
    const { target, expectedVersion } = settings;
    const canary = await readCanary(lambda, settings);
    await waitUntilActive(lambda, target, { signal, pauseMs });
    const answer = await settledAnswer(canary, { expectedVersion, pauseMs }, signal);
    await passSmokeTest(canary, signal);
    await sendPhotos(
      canary,
      { durationMs: settings.bakeMs, photosPerMinute: settings.photosPerMinute },
      { version: expectedVersion, signal },
    );
    return answer;
  };
}

/** @throws Error naming the check that failed. */
async function passSmokeTest(canary: Canary, signal: AbortSignal): Promise<void> {
  for (const { name, request, judge } of smokeChecks(canary)) {
    const { status, text } = await invokeService(canary.lambda, canary.target, request, signal);
    try {
      judge({ status, body: jsonOf(z.unknown(), text) ?? text });
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/**
 * Waits until the alias invokes the expected version and classifies the photo correctly several times in a
 * row. Lambda takes a moment to move an alias everywhere, so the call is retried if the previous version
 * answers.
 */
async function settledAnswer(
  canary: Canary,
  { expectedVersion, pauseMs }: { readonly expectedVersion: string | undefined; readonly pauseMs: number },
  signal: AbortSignal,
): Promise<CanaryAnswer> {
  let answers = 0;
  let stale = 0;
  for (;;) {
    const answer = await classifyCanary(canary, signal);
    if (expectedVersion === undefined || answer.executedVersion === expectedVersion) {
      answers += 1;
      if (answers === ANSWERS) return answer;
    } else {
      answers = 0;
      stale += 1;
      if (stale === STALE_LIMIT) {
        throw new Error(
          `expected ${canary.target} to invoke version ${expectedVersion}, got version ${answer.executedVersion}`,
        );
      }
      await sleep(pauseMs, undefined, { signal });
    }
  }
}
