import type { EnvironmentValues } from './environment.ts';
import { ConfigError } from './parse.ts';

/** Who may read the live view and the metrics. */
export interface AdminSettings {
  /** Clients on the same machine, or all. */
  readonly audience: 'loopback' | 'all';
  /** Lets a client in from any address. If all may read, they need it. */
  readonly token: string | undefined;
}

/**
 * @returns undefined if nobody may.
 * @throws ConfigError on Lambda for a setting that would let somebody in: its clients all come through the gateway.
 */
export function adminSettings(
  { ADMIN, ADMIN_TOKEN: token }: EnvironmentValues,
  isLambda: boolean,
): AdminSettings | undefined {
  if (isLambda && ADMIN !== undefined && ADMIN !== 'off') {
    throw new ConfigError([`ADMIN: expected off on Lambda, whose metrics are in CloudWatch, got "${ADMIN}"`]);
  }
  if (isLambda || ADMIN === 'off') return undefined;
  return { audience: ADMIN === 'on' ? 'all' : 'loopback', token };
}
