import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { answering } from './connect.ts';
import { createResolver, type Resolver } from './resolver.ts';

/** The name servers have answered that they do not know the name, or there are none. */
const UNKNOWN = ['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED', 'ECONNREFUSED'];

/**
 * A `lookup` for requests of Node.js that ends when the signal aborts. Lookups of the C library cannot be cancelled.
 * They would pile up while a name server is dead, and the process could not exit before those that run have
 * timed out.
 *
 * The C library is asked only for names that the name servers do not know. It also reads `/etc/hosts` and
 * completes short names, which a server of your own may need.
 */
export function lookupUntil(signal: AbortSignal, resolve: Resolver = createResolver()): LookupFunction {
  return (hostname, options, callback) => {
    if (hostname === 'localhost') {
      lookup(hostname, options, callback);
      return;
    }
    resolve(hostname, signal).then(
      (addresses) => answering(addresses)(hostname, options, callback),
      (error: NodeJS.ErrnoException) => {
        if (UNKNOWN.includes(error.code ?? '')) lookup(hostname, options, callback);
        else callback(error, '');
      },
    );
  };
}
