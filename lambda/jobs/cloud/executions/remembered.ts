import type { Execution, Executions } from './executions.ts';

/** Step Functions allows an account some ten descriptions a second, and clients ask for their jobs again and again. */
const REMEMBERED_MS = 2000;

interface Described {
  readonly at: number;
  /** Also a failure: nothing is gained by asking again at once. */
  readonly answer: Promise<Execution | undefined>;
}

/**
 * The same executions, but a description may be two seconds old. An execution that is started or stopped here is described
 * again.
 *
 * @param now milliseconds. @default Date.now
 */
export function rememberDescriptions(executions: Executions, now: () => number = Date.now): Executions {
  const known = new Map<string, Described>();

  function forgetOld(): void {
    for (const [name, { at }] of known) {
      if (now() - at < REMEMBERED_MS) return;
      known.delete(name);
    }
  }

  return {
    describe(name) {
      forgetOld();
      const earlier = known.get(name);
      if (earlier) return earlier.answer;
      const answer = executions.describe(name);
      known.set(name, { at: now(), answer });
      return answer;
    },
    async start(name, input) {
      await executions.start(name, input);
      known.delete(name);
    },
    async stop(name) {
      const stoppedAt = await executions.stop(name);
      known.delete(name);
      return stoppedAt;
    },
    running: () => executions.running(),
  };
}
