import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { maxOpenFiles } from '../../../lambda/config/open-files.ts';

const HEADER = 'Limit                     Soft Limit           Hard Limit           Units     \n';
const PROCESSES = 'Max processes             127235               127235               processes \n';

test.each([
  ['a limit', 'Max open files            1024                 1024                 files     \n', 1024],
  ['no limit', 'Max open files            unlimited            unlimited            files     \n', undefined],
  ['nothing', '', undefined],
])('the limits of a process say %s', (_, line, expected) => {
  const file = join(tmpdir(), `limits-${process.pid}`);
  writeFileSync(file, `${HEADER}${PROCESSES}${line}`);
  expect(maxOpenFiles(file)).toBe(expected);
  rmSync(file);
});

test('without such a file there is no limit', () => {
  expect(maxOpenFiles('/nonexistent')).toBeUndefined();
});
