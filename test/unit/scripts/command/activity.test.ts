import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startActivity } from '../../../../scripts/lib/command/activity.ts';

const CLEAR = '\r\x1b[K';

/** What a stream of the console was asked to write. */
function stream(isTTY: boolean) {
  const written: string[] = [];
  return {
    written,
    as: { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream,
  };
}

describe('the activity of a command', () => {
  const { log } = console;
  beforeEach(() => {
    vi.stubEnv('TERM', 'xterm');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    // biome-ignore lint/suspicious/noConsole: it must be as before.
    expect(console.log).toBe(log);
  });

  it('is shown on a terminal once it takes long, and its line goes away', () => {
    const { written, as } = stream(true);
    {
      using _shown = startActivity('Reading', as);
      vi.advanceTimersByTime(1500);
      expect(written).toEqual([]);
      vi.advanceTimersByTime(1500);
      expect(written.at(-1)).toBe('Reading: 3 s');
    }
    expect(written.at(-1)).toBe(CLEAR);
    vi.advanceTimersByTime(5000);
    expect(written.at(-1)).toBe(CLEAR);
  });

  it('makes room for what the console prints', () => {
    const { written, as } = stream(true);
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {
      written.push('printed');
    });
    {
      using _shown = startActivity('Reading', as);
      vi.advanceTimersByTime(3000);
      // biome-ignore lint/suspicious/noConsole: it is what the test is about.
      console.log('a result');
      expect(written.slice(-2)).toEqual([CLEAR, 'printed']);
      vi.advanceTimersByTime(1000);
      expect(written.at(-1)).toBe('Reading: 4 s');
    }
    printed.mockRestore();
  });

  it('says nothing on a terminal that cannot redraw a line', () => {
    vi.stubEnv('TERM', 'dumb');
    const { written, as } = stream(true);
    using _shown = startActivity('Reading', as);
    vi.advanceTimersByTime(5000);
    expect(written).toEqual([]);
  });

  it('says nothing where nobody watches, or inside another one', () => {
    const elsewhere = stream(false);
    using _elsewhere = startActivity('Reading', elsewhere.as);
    const inner = stream(true);
    {
      using _outer = startActivity('Deploying', stream(true).as);
      using _inner = startActivity('Reading', inner.as);
      vi.advanceTimersByTime(5000);
    }
    expect([...elsewhere.written, ...inner.written]).toEqual([]);
  });
});
