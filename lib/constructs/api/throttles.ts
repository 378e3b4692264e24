import { hasSlowLimits, type Limits, SLOW_PATHS, SLOW_SHARE_OF_KEY } from '../../settings/concurrency.ts';
import type { Settings } from '../../settings.ts';
import { isOfJobs, isOpenMethod, type Route } from './routes.ts';

type Throttle = Settings['throttle'];
type Name = Pick<Route, 'path'> & { readonly method: string };

/**
 * Which limit of the stage a method has.
 *
 * @param guarded the paths of predictions, uploads and jobs. A CORS preflight counts like the request that it precedes. A
 *   GET is open on every path but those of jobs, whose state programs ask for again and again.
 */
export function limitOf({ path, method }: Name, guarded: ReadonlySet<string>): keyof Throttle {
  if (guarded.has(path) && (!isOpenMethod(method) || isOfJobs(path)))
    return hasSlowLimits(path) ? 'slow' : 'predict';
  return path === '/ready' && method === 'GET' ? 'predict' : 'open';
}

/**
 * The methods whose limit differs from `open`, which is the limit of the stage. Keys are those of CDK's
 * `methodOptions`, such as `/predict/POST`.
 *
 * @throws Error if a slow path is not in the document, because its method would get another limit.
 */
export function ownLimits(
  routes: readonly Route[],
  throttle: Throttle,
  preflight: boolean,
): Readonly<Record<string, Limits>> {
  const guarded = new Set(routes.filter((route) => route.guarded).map(({ path }) => path));
  for (const path of SLOW_PATHS) {
    if (!guarded.has(path))
      throw new Error(`paths: expected ${path} with security, got ${[...guarded].join(', ')}`);
  }
  const preflights = preflight ? [...guarded].map((path) => ({ path, method: 'OPTIONS' })) : [];
  return Object.fromEntries(
    [...routes, ...preflights].flatMap((name) => {
      const limit = limitOf(name, guarded);
      return limit === 'open' ? [] : [[`${name.path}/${name.method}`, throttle[limit]]];
    }),
  );
}

/** What one key gets of a method with the limits of slow ones. */
export function slowLimitsOfKey({ slow }: Pick<Throttle, 'slow'>): Limits {
  return {
    ratePerSecond: slow.ratePerSecond * SLOW_SHARE_OF_KEY,
    burst: Math.ceil(slow.burst * SLOW_SHARE_OF_KEY),
  };
}
