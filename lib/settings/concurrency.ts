import type { Settings } from '../settings.ts';
import type { Auth } from './auth.ts';
import type { Jobs } from './jobs.ts';

/**
 * Methods that take as long as someone else decides: a batch holds up to 16 images, and a URL is fetched from
 * any server. Inference under /v2 and /embed are not among them: their clients send single images the same way as
 * batches, and a batch there may take no longer to decode than one photo of /predict.
 */
export const SLOW_PATHS = ['/predict/batch', '/predict/url'] as const;

export const isSlow = (path: string): boolean => SLOW_PATHS.some((slow) => slow === path);

/** A job may have a thousand uploads, each of which is looked up. It takes seconds, so it is not slow. */
const LOOKING_UP_PATH = '/jobs';

/** Whether a method has the limits `throttle.slow`. */
export const hasSlowLimits = (path: string): boolean => isSlow(path) || path === LOOKING_UP_PATH;

/**
 * The share of the concurrency that slow requests may occupy. The rest is for POST /predict, which then
 * always finds an execution environment.
 */
export const SLOW_SHARE = 0.5;

/** The share of the limits of a slow method that one key gets, so that it cannot starve the others. */
export const SLOW_SHARE_OF_KEY = 0.5;

/**
 * Reserved for the function that checks tokens: a flood of invented ones cannot take more of the account's
 * concurrency. One check takes a few milliseconds, and its result holds for a minute.
 */
const AUTHORIZER_CONCURRENCY = 20;

/**
 * The concurrency that the stage reserves for checking tokens. Only an OpenID Connect issuer needs a
 * function.
 */
export const authorizerConcurrency = (auth: Auth): number =>
  auth !== 'off' && auth.kind === 'jwt' && auth.tokens.from === 'oidc' ? AUTHORIZER_CONCURRENCY : 0;

/**
 * Reserved for the other functions of jobs, and their maximum: otherwise callers with many jobs, or with receivers of
 * webhooks that never answer, could take what requests need. Step Functions waits until one is free.
 */
export const JOB_STEPS_CONCURRENCY = 10;
export const WEBHOOK_CONCURRENCY = 5;

/** The concurrency that the stage reserves for jobs. */
export const jobsConcurrency = (jobs: Jobs): number =>
  jobs === 'off' ? 0 : jobs.concurrency + JOB_STEPS_CONCURRENCY + WEBHOOK_CONCURRENCY;

export interface Limits {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * The most requests that are in progress at once behind a token bucket, if each takes `seconds`: a full
 * bucket, and those that come while the first is still in progress.
 */
export function mostInProgress({ ratePerSecond, burst }: Limits, seconds: number): number {
  return burst + Math.ceil(ratePerSecond * seconds);
}

/** The most execution environments that slow requests of all keys occupy together. */
export function slowConcurrency({
  throttle,
  timeoutSeconds,
}: Pick<Settings, 'throttle' | 'timeoutSeconds'>): number {
  return SLOW_PATHS.length * mostInProgress(throttle.slow, timeoutSeconds);
}
