import { request } from 'node:http';
import { readRepositoryFile } from './model.ts';

export const photo = readRepositoryFile('examples/cat.jpg');

export interface Tally {
  /** Predictions, and refusals with a Retry-After header. */
  readonly answered: number;
  /** The error of each request that had a connection but got no complete response. */
  readonly lost: readonly string[];
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Starts clients that send one prediction after another, each on a new connection, until the server refuses
 * connections.
 */
export async function predictUntilClosed(target: Target, clients: number): Promise<Tally> {
  const lost: string[] = [];
  let answered = 0;

  async function client(): Promise<void> {
    for (;;) {
      const outcome = await predict(target);
      if (outcome === 'answered') answered += 1;
      else {
        // The connection was refused, so the server never saw the request, and the client knows it.
        if (outcome !== 'ECONNREFUSED') lost.push(outcome);
        return;
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return { answered, lost };
}

/** @returns `answered`, or the code of the error. */
function predict({ host, port }: Target): Promise<string> {
  return new Promise((resolve) => {
    const fail = ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message);
    const sent = request({ host, port, path: '/predict', method: 'POST', agent: false });
    sent.on('error', fail);
    sent.on('response', (response) => {
      response.on('error', fail).resume();
      response.on('end', () => resolve('answered'));
    });
    sent.end(photo);
  });
}
