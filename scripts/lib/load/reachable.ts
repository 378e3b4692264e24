import { NO_CREDENTIALS } from '../credentials/credentials.ts';
import { callService } from '../smoke/request.ts';
import { isOnThisMachine } from './consent.ts';

/** Asks once before many requests are sent. @throws Error that says what to do if nothing answers at the URL. */
export async function requireReachable(url: string): Promise<void> {
  try {
    await callService({ url, credentials: NO_CREDENTIALS }, 'health');
  } catch (error) {
    const advice = isOnThisMachine(url)
      ? 'Start the service with npm start, or name another one with --url.'
      : 'Check --url and the network.';
    throw new Error(`${(error as Error).message}. ${advice}`, { cause: error });
  }
}
