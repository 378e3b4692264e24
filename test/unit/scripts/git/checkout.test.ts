import { expect, test } from 'vitest';
import { checkOut } from '../../../../scripts/lib/git/checkout.ts';

test('a commit that this clone lacks is named, with how to get it', async () => {
  await expect(checkOut('no-such-branch')).rejects.toThrow(
    'Expected a commit in this clone, got no-such-branch. Fetch it: git fetch origin no-such-branch',
  );
});
