import type { MiddlewareHandler } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { AppEnv } from '../context.ts';

/**
 * Gives a request a signal that aborts when the client disconnects or the deadline passes, and answers at
 * that moment. Work for the request sees the signal and stops before its next step. It releases what it holds
 * once it has stopped.
 *
 * @param timeoutMs for the whole request, unless the entry says how much time is left.
 */
export function deadline(timeoutMs: number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const ms = Math.max(0, c.env.remainingMs ?? timeoutMs);
    const controller = new AbortController();
    const { signal } = controller;
    const client = c.req.raw.signal;
    const onClientGone = () => controller.abort(client.reason);
    if (client.aborted) onClientGone();
    client.addEventListener('abort', onClientGone, { once: true });
    const timer = setTimeout(() => {
      controller.abort(
        new ServiceError('deadline_exceeded', `The request was not answered within ${Math.round(ms)} ms.`),
      );
    }, ms);
    c.set('signal', signal);
    try {
      await Promise.race([next(), rejectionBy(signal)]);
    } finally {
      clearTimeout(timer);
      client.removeEventListener('abort', onClientGone);
    }
  };
}

function rejectionBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
