import { expect, test } from 'vitest';
import { createTensorPool } from '../../../lambda/prediction/tensor-pool.ts';

test('a tensor is handed out again only after it came back, and batches are not kept', () => {
  const pool = createTensorPool(6);
  const first = pool.take(1);
  const second = pool.take(1);
  expect(second.buffer).not.toBe(first.buffer);
  pool.giveBack(first);
  expect(pool.take(1)).toBe(first);
  expect(pool.take(1)).not.toBe(first);

  const batch = pool.take(3);
  expect(batch).toHaveLength(18);
  pool.giveBack(batch);
  expect(pool.take(3)).not.toBe(batch);
});
