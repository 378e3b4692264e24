import { beforeAll, expect, test } from 'vitest';
import { testApp } from '../support/app.ts';
import { flat } from './flat.ts';

const BATCH = 16;
let megapixel: string;
beforeAll(async () => {
  megapixel = (await flat(1000, 1000).jpeg().toBuffer()).toString('base64');
});

test('a batch of large plain JPEGs, decoded on the event loop, does not block it', async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const response = await testApp().request('/predict/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ images: Array.from({ length: BATCH }, () => megapixel) }),
  });
  isOver = true;
  expect(response.status).toBe(200);
  expect(turns).toBeGreaterThanOrEqual(BATCH / 2);
});
