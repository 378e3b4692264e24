import type { Steps } from '../../lambda/http/loop-share.ts';

/** Does all steps of the work at once. */
export function complete<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
