import type { Context } from 'hono';
import { ServiceError } from '../../errors.ts';
import { isJobId, type JobId } from '../../jobs/ids.ts';
import { quote } from '../../shown.ts';
import type { AppEnv } from '../context.ts';

/** The id in the path of a request. @throws ServiceError `job_not_found` for text that is not an id. */
export function jobIdOfPath(c: Context<AppEnv>): JobId {
  const text = c.req.param('job_id') ?? '';
  if (isJobId(text)) return text;
  throw new ServiceError('job_not_found', `Expected the id of a job, got ${quote(text)}.`);
}
