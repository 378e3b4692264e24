import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EndJob } from '../../../../lambda/jobs/folder/ending.ts';
import { createPauses } from '../../../../lambda/jobs/folder/pauses.ts';
import { createRoom } from '../../../../lambda/jobs/folder/room.ts';
import { startRunner } from '../../../../lambda/jobs/folder/runner.ts';
import { storageFull } from '../../../../lambda/jobs/folder/storage-errors.ts';
import { openStore } from '../../../../lambda/jobs/folder/store/store.ts';
import { createTurns } from '../../../../lambda/jobs/folder/turns.ts';
import { alice, BASE, current, openEngine, requestOf } from './support.ts';

test('a job whose model is gone ends when there is room to write so, and none of its inputs fails before', async () => {
  const engine = await openEngine();
  engine.stop();
  const inputs = Array.from({ length: 20 }, (_, index) => ({ url: `https://example.com/${index}` }));
  const { id } = await engine.jobs.create(alice, requestOf(inputs), undefined, BASE);
  await engine.close();

  const store = openStore(join(current.folder, 'data'));
  const now = () => current.time;
  const events: string[] = [];
  let attempts = 0;
  const endJob: EndJob = (number, status, reason) => {
    attempts += 1;
    if (attempts <= 3) throw storageFull('The disk is full.');
    store.jobs.finish(number, status, now(), reason ?? null);
  };
  const settings = { maxFolderBytes: 2 ** 26, addressShare: 1, keepDays: 1 };
  const runner = startRunner({
    store,
    classifierOf: () => () => Promise.reject(new Error('Nothing may be classified.')),
    format: () => 'a result',
    readManifest: () => Promise.reject(new Error('There is no manifest.')),
    endJob,
    turns: createTurns({ used: () => 0, waiting: () => 0 }),
    pauses: createPauses({ onPause: () => events.push('paused'), onResume: () => events.push('resumed') }, 1),
    room: createRoom(settings, store.database, now),
    now,
    isServed: () => false,
    onProblem: (reason) => events.push(reason),
  });
  await expect
    .poll(() => store.jobs.get(id))
    .toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('fake@9.9.9'),
      succeeded: 0,
      failed: 0,
    });
  await runner.close();
  store.database.close();
  expect(events).toContain('paused');
  expect(events.filter((event) => !['paused', 'resumed'].includes(event))).toEqual([]);
});
