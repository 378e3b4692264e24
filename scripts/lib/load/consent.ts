import { UsageError } from '../command/usage-error.ts';

/**
 * Load on a service elsewhere costs money and may look like an attack.
 *
 * @throws UsageError for a service that is not on this machine, unless `consented`.
 */
export function requireConsent(url: string, consented: boolean): void {
  if (consented || isOnThisMachine(url)) return;
  const { hostname } = new URL(url);
  throw new UsageError(`--url: expected this machine, got ${hostname}; add --yes to load it anyway`);
}

export const isOnThisMachine = (url: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
