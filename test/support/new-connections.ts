import { request } from 'node:http';
import { readRepositoryFile } from './model.ts';

export const photo = readRepositoryFile('examples/cat.jpg');

export interface Tally {
  /** Predictions, and refusals that say when to come again. */
  readonly answered: number;
  /** What became of each request whose connection was opened, but which got no whole answer. */
  readonly lost: readonly string[];
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Clients that send one prediction after the other, each on a connection of its own, until the server refuses connections.
 */
export async function predictUntilClosed(target: Target, clients: number): Promise<Tally> {
  const lost: string[] = [];
  let answered = 0;

  async function client(): Promise<void> {
    for (;;) {
      const outcome = await predict(target);
      if (outcome === 'answered') answered += 1;
      else {
        // Refused at the door: the client knows that nothing of its request was seen.
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
