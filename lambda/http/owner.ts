import type { Context } from 'hono';
import type { AuthKind, Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { type Owner, ownerOf } from '../jobs/ids.ts';
import type { AppEnv } from './context.ts';
import type { GatewayCaller } from './gateway-caller.ts';

const IDENTITIES = {
  'api-key': 'apiKeyId',
  iam: 'iamId',
  jwt: 'subject',
} as const satisfies Record<AuthKind, keyof GatewayCaller>;

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Whom the uploads and the jobs of a request belong to. Behind API Gateway, that is the caller that it let in. The HTTP
 * server lets everybody in, so it goes by the key or the token of the request, whatever it is.
 *
 * @param auth what the gateway requires. If it is not known, all callers are one owner.
 * @throws ServiceError `forbidden` if the gateway should have checked the caller, but has not. For example, its fallback
 *   for GET takes paths with percent-encoded letters from everybody.
 */
export function ownerOfRequest(c: Context<AppEnv>, auth: Config['auth']): Owner {
  const { caller } = c.env;
  return ownerOf(JSON.stringify(caller ? checkedBy(caller, auth) : claimedBy(c.req.raw.headers)));
}

function checkedBy(caller: GatewayCaller, auth: Config['auth']): readonly string[] {
  if (auth === undefined) return ['everybody'];
  const id = caller[IDENTITIES[auth]];
  if (id === undefined) throw new ServiceError('forbidden', 'Uploads and jobs need credentials, got none.');
  return [auth, id];
}

function claimedBy(headers: Headers): readonly string[] {
  const key = headers.get('x-api-key');
  if (key) return ['api-key', key];
  const [, token] = BEARER.exec(headers.get('authorization') ?? '') ?? [];
  return token === undefined ? ['everybody'] : ['token', token];
}
