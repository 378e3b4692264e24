import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readRepositoryFile } from '../support/model.ts';
import { startProcess } from '../support/process.ts';

const ROUNDS = process.env['CI'] ? 20 : 2;
const photo = readRepositoryFile('examples/cat.jpg');

interface Tally {
  answered: number;
  /** Requests whose connection was opened, but which got no whole answer. */
  lost: string[];
}

/** One prediction on a connection of its own. Resolves to whether the server still took it. */
function predict(port: number, tally: Tally): Promise<boolean> {
  return new Promise((resolve) => {
    const lose = ({ code, message }: NodeJS.ErrnoException) => {
      // Refused at the door: the client knows that nothing of its request was seen.
      if (code !== 'ECONNREFUSED') tally.lost.push(code ?? message);
      resolve(false);
    };
    const sent = request({ port, path: '/predict', method: 'POST', agent: false });
    sent.on('error', lose);
    sent.on('response', (response) => {
      response.on('error', lose).resume();
      response.on('end', () => {
        tally.answered += 1;
        resolve(true);
      });
    });
    sent.end(photo);
  });
}

describe.each([16, 64])(
  'SIGTERM under load of %i clients that open new connections all the time',
  (clients) => {
    test(`loses no request in ${ROUNDS} rounds`, { timeout: ROUNDS * 15_000 }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const service = startProcess(['lambda/local.ts'], {
          PORT: '0',
          DRAIN_NOTICE_MS: '200',
          LOG_LEVEL: 'INFO',
        });
        const { message } = await service.logged((line) => String(line['message']).startsWith('Ready on '));
        const port = Number(new URL(String(message).slice('Ready on '.length)).port);
        const tally: Tally = { answered: 0, lost: [] };
        const load = Array.from({ length: clients }, async () => {
          while (await predict(port, tally));
        });
        setTimeout(() => service.process.kill('SIGTERM'), 300 + 37 * round);
        await Promise.all(load);
        expect(tally.lost, `round ${round}`).toEqual([]);
        expect(tally.answered).toBeGreaterThan(0);
        expect(await service.exitCode).toBe(0);
      }
    });
  },
);

test('/ready says no before the door closes, and everything else goes on', async () => {
  const service = startProcess(['lambda/local.ts'], { PORT: '0', DRAIN_NOTICE_MS: '1500' });
  const { message } = await service.logged((line) => String(line['message']).startsWith('Ready on '));
  const url = String(message).slice('Ready on '.length);
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  service.process.kill('SIGTERM');
  const readiness = async (): Promise<number> => {
    const { status } = await fetch(`${url}/ready`);
    return status === 200 ? readiness() : status;
  };
  expect(await readiness()).toBe(503);
  const answer = await fetch(`${url}/predict`, { method: 'POST', body: photo });
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await service.exitCode).toBe(0);
});
