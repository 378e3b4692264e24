import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type CanaryAnswer, classifyCanary } from './canary.ts';
import type { HookSettings } from './settings.ts';

/** Looks at what a deployment is about to do or has done. @throws Error that says what is wrong. */
export type Check = (settings: HookSettings, signal: AbortSignal) => Promise<CanaryAnswer>;

/** How often the alias must answer rightly in a row, and how often it may lead to another version before that. */
const ANSWERS = 5;
const STALE_LIMIT = 10;

/** How often Lambda may deny the question. */
const DENIED_LIMIT = 5;

/**
 * Before any traffic: the new version classifies the photo rightly. The hook's permission for that version is as new as
 * the version, and IAM takes a moment to know it everywhere, so a question that is denied is asked anew.
 *
 * @param pauseMs milliseconds between a denial and the next question.
 */
export function versionCheck(lambda: LambdaClient, pauseMs = 3000): Check {
  return async ({ target, photo, expectedWnids }, signal) => {
    const canary = { lambda, target, photo: await readFile(photo), expectedWnids };
    for (let denied = 0; ; ) {
      try {
        return await classifyCanary(canary, signal);
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
 * After all traffic has moved: the alias leads to the new version and classifies the photo rightly, time and again. Lambda
 * takes a moment to move an alias everywhere, so an answer of the version before is asked for anew.
 *
 * @param pauseMs milliseconds between an answer of the version before and the next question.
 */
export function aliasCheck(lambda: LambdaClient, pauseMs = 1000): Check {
  return async ({ target, photo, expectedWnids, expectedVersion }, signal) => {
    const canary = { lambda, target, photo: await readFile(photo), expectedWnids };
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
            `expected ${target} to lead to version ${expectedVersion}, got version ${answer.executedVersion}`,
          );
        }
        await sleep(pauseMs, undefined, { signal });
      }
    }
  };
}
