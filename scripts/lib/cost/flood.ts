import { MAX_DECODE_MS } from '../../../lambda/images/limits.ts';
import {
  committedDocument,
  isOfJobs,
  OPEN_METHODS,
  type Route,
  readRoutes,
} from '../../../lib/constructs/api/routes.ts';
import { limitOf, slowLimitsOfKey } from '../../../lib/constructs/api/throttles.ts';
import { firstTierUsd, type PriceBook, type PriceName } from '../../../lib/prices.ts';
import { authorizerConcurrency, isSlow, SLOW_PATHS } from '../../../lib/settings/concurrency.ts';
import type { Settings } from '../../../lib/settings.ts';
import { GB } from './bill.ts';
import { onDemandPrice } from './function.ts';
import { jobsUsdPerDay, uploadUsd } from './jobs/flood.ts';
import { UPLOAD_SECONDS } from './jobs/volumes.ts';
import { BYTES } from './volumes.ts';

const SECONDS_PER_DAY = 86_400;
/** X-Ray's default rule traces 5 % of a flood. docs.aws.amazon.com/xray, "Sampling". */
const SAMPLED_SHARE = 0.05;
/** An open route reads one file or nothing. */
const OPEN_SECONDS = 0.02;

/**
 * The longest answers to a GET, with headers: a script of the API reference, the model's labels, and the
 * others, of which the main page is the longest.
 */
export const LONGEST_BYTES = { file: 1_750_000, labels: 60_000, other: 8000 } as const;

/**
 * A check of a signature takes less than a millisecond of a whole CPU, and 512 MiB buy a third of one. It
 * writes a line of its own, and Lambda one for the error.
 */
const TOKEN_CHECK = { seconds: 0.005, memoryMiB: 512, logBytes: 900 } as const;

/** The paths that `addMethods` adds to those of the document. */
const FALLBACKS = ['/', '/{proxy+}'];

export type FloodedSettings = Pick<
  Settings,
  | 'architecture'
  | 'memoryMiB'
  | 'timeoutSeconds'
  | 'throttle'
  | 'auth'
  | 'waf'
  | 'tracing'
  | 'corsOrigins'
  | 'jobs'
>;

/** The most that a flood costs, in USD at list prices. */
export interface FloodCost {
  /** A day of every open method at its limit, each with its longest answer. */
  readonly openUsdPerDay: number;
  /**
   * A day of one caller's credentials at their limits, with the costliest requests and jobs. A key has limits of
   * its own; a principal or a token has those of the methods. Undefined if the stage asks for no credentials.
   */
  readonly callerUsdPerDay: number | undefined;
  /**
   * A million requests that are refused: by the throttle or the firewall or, where a function checks tokens,
   * as invented tokens. No setting limits their number.
   */
  readonly refusedUsdPerMillion: number;
}

export function floodCost(book: PriceBook, settings: FloodedSettings): FloodCost {
  const price = (name: PriceName) => firstTierUsd(book, name);
  const firewall = settings.waf === 'off' ? 0 : price('wafRequest');
  return {
    openUsdPerDay: openUsdPerDay(book, settings, requestCost(book, settings)),
    callerUsdPerDay: callerUsdPerDay(book, settings, requestCost(book, settings)),
    // API Gateway does not bill a request that it refuses: repost.aws, "Pricing clarification for API
    // Gateway".
    refusedUsdPerMillion:
      1e6 * (firewall + (BYTES.accessLog / GB) * price('logsIngested') + tokenCheckUsd(book, settings)),
  };
}

/**
 * USD for the check of an invented token by the stage's own function. Results for real ones hold for a
 * minute.
 */
function tokenCheckUsd(book: PriceBook, { architecture, auth }: FloodedSettings): number {
  if (authorizerConcurrency(auth) === 0) return 0;
  const price = (name: PriceName) => firstTierUsd(book, name);
  const gbSecond = price(onDemandPrice(architecture));
  return (
    price('lambdaRequest') +
    TOKEN_CHECK.seconds * (TOKEN_CHECK.memoryMiB / 1024) * gbSecond +
    ((BYTES.platformLog + TOKEN_CHECK.logBytes) / GB) * price('logsIngested')
  );
}

type RequestCost = (seconds: number, bytesOut: number) => number;

/** USD for one request that reaches the function, on demand. */
function requestCost(book: PriceBook, settings: FloodedSettings): RequestCost {
  const price = (name: PriceName) => firstTierUsd(book, name);
  const { architecture, memoryMiB, waf, tracing } = settings;
  const gbSecond = price(onDemandPrice(architecture));
  const { applicationLog, metricsLog, platformLog, accessLog } = BYTES;
  const fixed =
    price('restApiRequest') +
    price('lambdaRequest') +
    (waf === 'off' ? 0 : price('wafRequest')) +
    (tracing ? SAMPLED_SHARE * price('trace') : 0) +
    ((applicationLog + metricsLog + platformLog + accessLog) / GB) * price('logsIngested');
  return (seconds, bytesOut) =>
    fixed + seconds * (memoryMiB / 1024) * gbSecond + (bytesOut / GB) * price('dataOut');
}

/** The routes that the stage has. */
const routesOf = ({ jobs }: FloodedSettings): readonly Route[] =>
  readRoutes(committedDocument()).filter(({ path }) => jobs !== 'off' || !isOfJobs(path));

function openUsdPerDay(book: PriceBook, settings: FloodedSettings, cost: RequestCost): number {
  const { throttle, auth, corsOrigins } = settings;
  const routes = routesOf(settings);
  const guardedPaths = new Set(routes.filter(({ guarded }) => guarded).map(({ path }) => path));
  const open = [
    ...routes.filter(({ guarded }) => !guarded),
    ...FALLBACKS.flatMap((path) => OPEN_METHODS.map((method) => ({ path, method }))),
  ];
  const paths = new Set([...routes, ...open].map(({ path }) => path));
  const preflights = corsOrigins.length === 0 ? [] : [...paths].map((path) => ({ path, method: 'OPTIONS' }));
  const methods = [...open, ...preflights];
  const perSecond = methods.map((method) => {
    const { ratePerSecond } = throttle[limitOf(method, guardedPaths)];
    return ratePerSecond * cost(OPEN_SECONDS, bytesOf(method));
  });
  const usdPerDay = SECONDS_PER_DAY * perSecond.reduce((sum, usd) => sum + usd, 0);
  return auth === 'off' ? usdPerDay + guardedUsdPerDay(book, settings, cost) : usdPerDay;
}

const bytesOf = ({ path, method }: { readonly path: string; readonly method: string }): number => {
  if (method !== 'GET') return BYTES.response;
  if (path === '/{proxy+}') return LONGEST_BYTES.file;
  return path.endsWith('/labels') ? LONGEST_BYTES.labels : LONGEST_BYTES.other;
};

/** The guarded paths of predictions. */
const predictionPaths = (): readonly string[] => {
  const routes = readRoutes(committedDocument()).filter(({ path, guarded }) => guarded && !isOfJobs(path));
  return [...new Set(routes.map(({ path }) => path))];
};

/** Up to 16 runs of the model, without decoding. */
const BATCH_RUNS_SECONDS = 2;

/**
 * The longest that a prediction takes. Slow methods end with the function's timeout. The others have a limit for
 * decoding, and those of the Open Inference Protocol have several images.
 */
function longestSeconds(path: string, { timeoutSeconds }: FloodedSettings): number {
  if (isSlow(path)) return timeoutSeconds;
  return MAX_DECODE_MS / 1000 + (path === '/predict' ? 0 : BATCH_RUNS_SECONDS);
}

/** What all callers together can spend, at the limits of the methods. */
function guardedUsdPerDay(book: PriceBook, settings: FloodedSettings, cost: RequestCost): number {
  const { predict, slow } = settings.throttle;
  const predictions = predictionPaths().reduce((sum, path) => {
    const { ratePerSecond } = isSlow(path) ? slow : predict;
    return sum + ratePerSecond * cost(longestSeconds(path, settings), BYTES.response);
  }, 0);
  const requests = routesOf(settings).filter(({ path, guarded }) => guarded && isOfJobs(path)).length;
  const each = cost(UPLOAD_SECONDS, BYTES.response);
  const uploads = settings.jobs === 'off' ? 0 : predict.ratePerSecond * (requests * each + uploadUsd(book));
  return SECONDS_PER_DAY * (predictions + uploads) + jobsUsdPerDay(book, settings);
}

/**
 * As many slow requests as the caller may send, and others that take longest with the rest of the rate. An upload costs
 * less than such a request, and a few requests start as many jobs as the workers can do.
 */
function callerUsdPerDay(book: PriceBook, settings: FloodedSettings, cost: RequestCost): number | undefined {
  const { auth, throttle, timeoutSeconds } = settings;
  if (auth === 'off') return undefined;
  if (auth.kind !== 'api-key') return guardedUsdPerDay(book, settings, cost);
  const perDay = Math.min(
    auth.ratePerSecond * SECONDS_PER_DAY,
    auth.requestsPerDay === 'off' ? Number.POSITIVE_INFINITY : auth.requestsPerDay,
  );
  const slowPerDay = SLOW_PATHS.length * slowLimitsOfKey(throttle).ratePerSecond * SECONDS_PER_DAY;
  const slow = Math.min(perDay, slowPerDay);
  const fast = predictionPaths().filter((path) => !isSlow(path));
  const others = Math.min(perDay - slow, fast.length * throttle.predict.ratePerSecond * SECONDS_PER_DAY);
  const seconds = Math.max(...fast.map((path) => longestSeconds(path, settings)));
  const predictions = slow * cost(timeoutSeconds, BYTES.response) + others * cost(seconds, BYTES.response);
  return predictions + jobsUsdPerDay(book, settings);
}
