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
 * @param options.hasEmptyToken whether ADMIN_TOKEN is set, but to nothing.
 * @throws ConfigError on Lambda for a setting that would let somebody in: its clients all come through the gateway;
 *   elsewhere for ADMIN=on with an empty token.
 */
export function adminSettings(
  { ADMIN, ADMIN_TOKEN: token }: EnvironmentValues,
  { isLambda, hasEmptyToken }: { readonly isLambda: boolean; readonly hasEmptyToken: boolean },
): AdminSettings | undefined {
  if (isLambda && ADMIN !== undefined && ADMIN !== 'off') {
    throw new ConfigError([`ADMIN: expected off on Lambda, whose metrics are in CloudWatch, got "${ADMIN}"`]);
  }
  if (isLambda || ADMIN === 'off') return undefined;
  // A variable of a compose file that nobody has set must not open the metrics to everybody.
  if (ADMIN === 'on' && hasEmptyToken) {
    throw new ConfigError([
      'ADMIN_TOKEN: expected 16 to 256 visible ASCII characters with ADMIN=on, got none. Unset it to let everybody in',
    ]);
  }
  return { audience: ADMIN === 'on' ? 'all' : 'loopback', token };
}
