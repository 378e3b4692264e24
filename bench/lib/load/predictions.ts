import type { RunningSubject } from '../subjects/running-subject.ts';
import { ask } from './ask.ts';
import type { LoadClient, LoadRequest } from './client.ts';

/**
 * Puts load on a server until it has given this many predictions. What it refuses is asked again, because its
 * memory depends on the work that it has done.
 */
export async function predictionsOf(
  client: LoadClient,
  server: RunningSubject,
  requests: readonly LoadRequest[],
  { clients, predictions }: { readonly clients: number; readonly predictions: number },
): Promise<void> {
  const { protocol } = server.subject;
  for (let missing = predictions; missing > 0; ) {
    const load = await ask(client, server, { protocol, requests, clients, length: { requests: missing } });
    missing -= load.answered;
  }
}
