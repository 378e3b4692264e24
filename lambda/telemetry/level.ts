import type { ServiceError } from '../errors.ts';
import type { RequestOutcome } from './requests.ts';

/** Prometheus asks every few seconds, so an answer is of interest to nobody. */
const SCRAPES = '/metrics';

/** The level of a request's line in the log. Only failures of the service itself are errors. */
export function levelOf(
  { route, status }: Pick<RequestOutcome, 'route' | 'status'>,
  error: ServiceError | undefined,
): 'debug' | 'info' | 'warn' | 'error' {
  if (status < 400 && route === SCRAPES) return 'debug';
  if (status < 500) return 'info';
  // Refusals come by the hundred, and their text says everything.
  const isRefusal = status === 503 && error?.cause === undefined;
  return isRefusal || isFull(error) || isRemoteFailure(error) ? 'warn' : 'error';
}

/** Each client is told, and a line of its own says that it is so. */
const isFull = (error: ServiceError | undefined): boolean => error?.code === 'storage_full';

/** The host of the client's URL could not be found or reached, or did not answer as it should. */
function isRemoteFailure(error: ServiceError | undefined): boolean {
  return error?.code === 'url_fetch_failed' || error?.code === 'url_timeout';
}
