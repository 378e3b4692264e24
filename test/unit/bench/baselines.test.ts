import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { BASELINES } from '../../../bench/lib/paths.ts';
import { VENVS } from '../../../bench/lib/python/venv.ts';
import { frameworks } from '../../../bench/lib/subjects/subjects.ts';

/** The stack that this service replaces, and the programs that measure the hardware's limits. */
const OTHERS = ['fastapi-torch', 'limits'];

test('every folder with a requirements.txt has an environment in VENVS', () => {
  const folders = globSync('*/requirements.txt', { cwd: BASELINES }).map(dirname);
  expect(folders.sort()).toEqual(Object.keys(VENVS).sort());
});

test('every other environment is that of a framework', () => {
  expect([...frameworks(1).map(({ id }) => id), ...OTHERS].sort()).toEqual(Object.keys(VENVS).sort());
});
