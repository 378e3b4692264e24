import { describe, expect, it } from 'vitest';
import type { Block } from '../../../../../scripts/lib/docs-examples/blocks.ts';
import { stoppedAt } from '../../../../../scripts/lib/docs-examples/page/run-page.ts';

const block = (line: number): Block => ({
  kind: 'fence',
  line,
  language: 'sh',
  code: 'ls\n',
  fate: { kind: 'run', stage: undefined },
});
const [first, second] = [block(1), block(2)];

describe('a page', () => {
  it('has failed at the block that failed', () => {
    const ended = { passed: ['00001.sh'], failed: '00002.sh', why: 'expected exit code 0, got 1' };
    expect(stoppedAt([first, second], ended)).toEqual({ block: second, why: 'expected exit code 0, got 1' });
  });

  it('has failed at its first block if what comes before it failed', () => {
    const ended = { passed: [], failed: '00000.sh', why: 'expected exit code 0, got 1' };
    expect(stoppedAt([first, second], ended)).toEqual({
      block: first,
      why: 'what it needs could not be started',
    });
  });

  it('has failed if a block never began', () => {
    const ended = { passed: ['00001.sh'], failed: undefined, why: 'expected exit code 0, got 127' };
    expect(stoppedAt([first, second], ended)).toEqual({
      block: second,
      why: 'it did not run: expected exit code 0, got 127',
    });
  });

  it('has passed if all blocks ran to their ends', () => {
    const ended = { passed: ['00000.sh', '00001.sh', '00002.sh'], failed: undefined, why: '' };
    expect(stoppedAt([first, second], ended)).toBeUndefined();
  });
});
