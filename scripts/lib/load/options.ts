import { UsageError } from '../command/command.ts';
import type { Load } from './load.ts';

const MAX_PER_SECOND = 200;
const MAX_SECONDS = 600;

export interface LoadOptions {
  readonly url: string;
  readonly 'api-key'?: string | undefined;
  readonly rps: string;
  readonly seconds: string;
  readonly yes: boolean;
}

/**
 * What to load and how much, within bounds.
 *
 * @throws UsageError for a number out of bounds, and for a service that is not on this machine without `yes`: such load
 * costs money, and may be taken for an attack.
 */
export function readLoad(options: LoadOptions): Load {
  const url = URL.parse(options.url);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--url: expected an http or https URL, got ${options.url}`);
  }
  if (!options.yes && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    throw new UsageError(`--url: ${url.hostname} is not this machine; add --yes to load it all the same`);
  }
  return {
    url: url.href,
    apiKey: options['api-key'],
    requestsPerSecond: count('--rps', options.rps, MAX_PER_SECOND),
    seconds: count('--seconds', options.seconds, MAX_SECONDS),
  };
}

function count(name: string, text: string, maximum: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= maximum) return number;
  throw new UsageError(`${name}: expected a whole number from 1 to ${maximum}, got ${text}`);
}
