import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openParts } from '../../../bench/lib/compare/parts.ts';

const run = { commit: 'abc', quick: false };
let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'parts-')), 'parts');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the parts of a run', () => {
  it('are not measured again when an interrupted run goes on', async () => {
    const interrupted = await openParts(folder, run, { resume: false });
    await interrupted.part('starts', async () => [1, 2]);
    await interrupted.part('accuracy', async () => null);
    await expect(
      interrupted.part('load', async () => {
        throw new Error('interrupted');
      }),
    ).rejects.toThrow('interrupted');

    const measure = vi.fn(async () => [3]);
    const { part } = await openParts(folder, run, { resume: true });
    expect(await part('starts', measure)).toEqual([1, 2]);
    expect(await part('accuracy', measure)).toBeNull();
    expect(measure).not.toHaveBeenCalled();
    expect(await part('load', measure)).toEqual([3]);
  });

  it('are all measured by a new run', async () => {
    await (await openParts(folder, run, { resume: false })).part('starts', async () => 1);
    const { part } = await openParts(folder, run, { resume: false });
    expect(await part('starts', async () => 2)).toBe(2);
  });

  it('are refused if another run was interrupted, or none', async () => {
    await expect(openParts(folder, run, { resume: true })).rejects.toThrow('there is none');
    await openParts(folder, run, { resume: false });
    await expect(openParts(folder, { ...run, commit: 'def' }, { resume: true })).rejects.toThrow(
      '{"commit":"abc","quick":false}, got {"commit":"def","quick":false}',
    );
  });
});
