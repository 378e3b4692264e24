import type { Context } from 'hono';
import type { Config } from '../../config.ts';
import type { AppEnv } from '../context.ts';

/**
 * The URL under which the client reaches the service, with a slash at its end. On Lambda it is not known, because API
 * Gateway removes the stage from paths. There no engine uses it.
 */
export const baseUrlOf = (c: Context<AppEnv>, { jobs }: Pick<Config, 'jobs'>): string =>
  (jobs?.kind === 'folder' ? jobs.publicUrl : undefined) ?? new URL('/', c.req.url).href;
