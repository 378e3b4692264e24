import { type Environment, type EnvironmentOptions, startEnvironment } from './environment.ts';

/** Environments beyond the warm ones. Lambda starts more, but a laptop has few cores. */
const MOST_ON_DEMAND = 2;

/** One invocation of the function. */
export interface Invocation {
  readonly answer: unknown;
  readonly durationMs: number;
  /** Environments that were busy when it began, itself included. */
  readonly busy: number;
  /** Warm environments among them. */
  readonly busyWarm: number;
  /** Whether it found all warm environments busy. */
  readonly isSpillover: boolean;
}

/** The environments of a function with provisioned concurrency. */
export interface Concurrency extends AsyncDisposable {
  readonly warm: number;
  invoke(event: object): Promise<Invocation>;
}

interface Slot {
  readonly isWarm: boolean;
  readonly environment: Promise<Environment>;
  isBusy: boolean;
}

/**
 * Starts the warm environments. A request that finds all of them busy gets another environment, after a cold start,
 * as on Lambda. If there are no more, it waits, instead of being throttled.
 */
export async function startConcurrency(
  warm: number,
  { variables, ...options }: EnvironmentOptions,
): Promise<Concurrency> {
  const start = (isWarm: boolean): Slot => ({
    isWarm,
    isBusy: false,
    environment: startEnvironment({
      ...options,
      variables: {
        ...variables,
        AWS_LAMBDA_INITIALIZATION_TYPE: isWarm ? 'provisioned-concurrency' : 'on-demand',
      },
    }),
  });
  const slots = Array.from({ length: warm }, () => start(true));
  const waiting: ((slot: Slot) => void)[] = [];
  const end = async () => {
    const started = await Promise.allSettled(slots.map(({ environment }) => environment));
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value[Symbol.asyncDispose]()));
  };
  try {
    await Promise.all(slots.map(({ environment }) => environment));
  } catch (error) {
    // Those that did start would keep this process running.
    await end();
    throw error;
  }

  /** An environment for one invocation. Decides at once, so that two invocations never get the same one. */
  function take(): Slot | Promise<Slot> {
    const idle = slots.find(({ isBusy }) => !isBusy);
    if (idle) {
      idle.isBusy = true;
      return idle;
    }
    if (slots.length === warm + MOST_ON_DEMAND) return new Promise((resolve) => waiting.push(resolve));
    const added = { ...start(false), isBusy: true };
    slots.push(added);
    return added;
  }

  return {
    warm,
    async invoke(event) {
      const isSpillover = slots.every(({ isBusy, isWarm }) => isBusy || !isWarm);
      const taken = take();
      const all = slots.filter(({ isBusy }) => isBusy);
      const busyWarm = all.filter(({ isWarm }) => isWarm).length;
      const slot = await taken;
      const environment = await slot.environment;
      const begin = performance.now();
      const answer = await environment.invoke(event);
      const durationMs = performance.now() - begin;
      const next = waiting.shift();
      if (next) next(slot);
      else slot.isBusy = false;
      return { answer, durationMs, busy: all.length, busyWarm, isSpillover };
    },
    [Symbol.asyncDispose]: end,
  };
}
