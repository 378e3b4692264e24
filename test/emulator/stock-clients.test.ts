import { expect, inject, test } from 'vitest';
import { callWithStockClients, STOCK_CLIENTS_TIMEOUT_MS } from '../support/stock-clients.ts';

test('clients of Triton and KServe work through API Gateway, with a key and the path of the stage', {
  timeout: STOCK_CLIENTS_TIMEOUT_MS,
}, async () => {
  const { apiUrl, apiKey } = inject('deployment');
  expect(await callWithStockClients(apiUrl, { API_KEY: apiKey })).toContain('Stock clients work');
});
