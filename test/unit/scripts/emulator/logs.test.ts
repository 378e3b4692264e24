import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

const folder = join(tmpdir(), 'emulator-logs');
vi.mock('../../../../scripts/emulator/paths.ts', () => ({
  CDK_LOG: join(folder, 'cdk.log'),
  FUNCTIONS_LOG: join(folder, 'functions.log'),
  MINISTACK_LOG: join(folder, 'ministack.log'),
}));

test('the log of the functions comes first, is short, and is kept', async () => {
  const { endOfLogs } = await import('../../../../scripts/emulator/logs.ts');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'cdk.log'), 'the reason\n');
  const log = Array.from({ length: 5000 }, (_, line) => `${line} ${'x'.repeat(5000)}`).join('\n');
  const text = await endOfLogs({ functionLogs: async () => log });
  expect(text.length).toBeLessThan(20_000);
  expect(text).toMatch(/4999 x/);
  expect(text).toMatch(/ENOENT[\s\S]*cdk\.log\nthe reason\n$/);
  expect(await readFile(join(folder, 'functions.log'), 'utf8')).toBe(log);
});
