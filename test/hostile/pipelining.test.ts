import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostileService, head, startHostileService, talk } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

async function served(): Promise<number> {
  return Object.values((await service.stats()).statuses).reduce((sum, count) => sum + count, 0);
}

test('a few requests in one packet are answered in order', async () => {
  const { text } = await talk(service.port, [get('/health').repeat(9) + head('GET', '/model/labels', [])]);
  expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(10);
  expect(text.indexOf('uptime_s')).toBeLessThan(text.indexOf('n01440764'));
});

test('thousands of requests in one packet are not started', async () => {
  const before = await served();
  await talk(service.port, [get('/health').repeat(1500) + head('GET', '/health', [])]);
  expect((await served()) - before).toBeLessThan(20);
});
