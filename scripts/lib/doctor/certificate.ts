import { connect } from 'node:tls';
import type { Settings } from '../../../lib/settings.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;
/** ACM renews its own certificates before: lib/constructs/monitoring/upkeep-alarms.ts. */
const RENEWAL_DAYS = 30;

/** When the certificate that a server presents expires. @throws Error if it does not answer. */
export type ReadExpiry = (hostname: string) => Promise<Date>;

/**
 * Connects to port 443 as a client does. Accepts a certificate that has expired, because its date is what is
 * asked for, and sends nothing.
 */
export const readExpiry: ReadExpiry = (hostname) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: 443, servername: hostname, rejectUnauthorized: false });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(new Date(socket.getPeerCertificate().valid_to));
      socket.end();
    });
  });

/** How long the certificate of the custom domain is valid. */
export async function checkExpiry(
  { domain }: Pick<Settings, 'domain'>,
  now: Date,
  read: ReadExpiry = readExpiry,
): Promise<Finding> {
  if (domain === 'off') return ok('no custom domain');
  const runbook = 'docs/runbooks/certificate-expiry.md';
  let expiry: Date;
  try {
    expiry = await read(domain.name);
  } catch (error) {
    return fail(
      `${domain.name}:443 cannot be reached: ${(error as Error).message}`,
      'Check the record of the domain in its hosted zone, and the network.',
    );
  }
  const days = Math.floor((expiry.getTime() - now.getTime()) / DAY_MS);
  const found = `${domain.name} is valid until ${expiry.toISOString().slice(0, 10)}`;
  if (days < 0) return fail(`${domain.name} expired on ${expiry.toISOString().slice(0, 10)}`, runbook);
  return days < RENEWAL_DAYS ? warn(`${found}, for ${days} days`, runbook) : ok(`${found}, for ${days} days`);
}
