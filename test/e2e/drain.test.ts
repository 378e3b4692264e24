import { describe, expect, test } from 'vitest';
import { photo, predictUntilClosed } from '../support/new-connections.ts';
import { startProcess } from '../support/process.ts';

/** `npm run test:nightly` takes 20 rounds. */
const ROUNDS = Number(process.env['DRAIN_ROUNDS'] ?? (process.env['CI'] ? 5 : 2));

async function startService(noticeMs: number) {
  const service = startProcess(['lambda/server.ts'], { PORT: '0', DRAIN_NOTICE_MS: String(noticeMs) });
  const { message } = await service.logged((line) => String(line['message']).startsWith('Ready on '));
  return { service, url: new URL(String(message).slice('Ready on '.length)) };
}

describe.each([16, 64])('SIGTERM while %i clients keep opening new connections', (clients) => {
  test(`loses no request in ${ROUNDS} rounds`, { timeout: ROUNDS * 20_000 }, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { service, url } = await startService(100);
      const load = predictUntilClosed({ host: '127.0.0.1', port: Number(url.port) }, clients);
      setTimeout(() => service.process.kill('SIGTERM'), 300 + 37 * round);
      const { answered, lost } = await load;
      expect(lost, `round ${round}`).toEqual([]);
      expect(answered).toBeGreaterThan(0);
      expect(await service.exitCode).toBe(0);
    }
  });
});

test('/ready says 503 while the server still accepts connections and serves everything else', async () => {
  const { service, url } = await startService(1500);
  const ready = async () => (await fetch(new URL('/ready', url))).status;
  expect(await ready()).toBe(200);
  service.process.kill('SIGTERM');
  while ((await ready()) === 200);
  expect(await ready()).toBe(503);
  const answer = await fetch(new URL('/predict', url), { method: 'POST', body: photo });
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await service.exitCode).toBe(0);
});
