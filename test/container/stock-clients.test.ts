import { expect, inject, test } from 'vitest';
import { startContainer } from '../../scripts/lib/docker/container.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { callWithStockClients, STOCK_CLIENTS_TIMEOUT_MS } from '../support/stock-clients.ts';
import { LOCKED_DOWN } from './limits.ts';

test.skipIf(!inject('engine'))(
  'clients of Triton and KServe work with the container',
  { timeout: STOCK_CLIENTS_TIMEOUT_MS },
  async () => {
    await using server = await startContainer({ options: LOCKED_DOWN, command: ['http'] });
    await retry(async () => {
      expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
    });
    expect(await callWithStockClients(server.url)).toContain('Stock clients work');
  },
);
