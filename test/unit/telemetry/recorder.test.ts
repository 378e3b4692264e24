import { expect, test } from 'vitest';
import { createRecorder } from '../../../lambda/telemetry/recorder.ts';
import type { RequestOutcome, RequestRecord, Sink } from '../../../lambda/telemetry/requests.ts';

const record = { requestId: 'a' } as RequestRecord;
const outcome = { status: 200 } as RequestOutcome;

test('every sink gets each event that it takes, in the order of the sinks', () => {
  const told: unknown[] = [];
  const sink = (name: string): Sink => ({
    recordRequest: (...request) => told.push([name, ...request]),
    recordLifecycle: ({ kind }) => told.push([name, kind]),
  });
  const blocks: Sink = { recordBlock: (ms) => told.push(['blocks', ms]) };
  const { recordRequest, recordBlock, recordLifecycle, recordRefusal } = createRecorder([
    sink('first'),
    blocks,
    sink('second'),
  ]);
  recordRequest(record, outcome);
  recordBlock(250);
  recordLifecycle({ kind: 'stopped' });
  recordRefusal({} as never);
  expect(told).toEqual([
    ['first', record, outcome],
    ['second', record, outcome],
    ['blocks', 250],
    ['first', 'stopped'],
    ['second', 'stopped'],
  ]);
});

test('the CPU time is read only if a sink needs it', () => {
  expect(createRecorder([{}, {}]).cpuUsage()).toBeUndefined();
  expect(createRecorder([{}, { needsCpuUsage: true }]).cpuUsage()).toMatchObject({
    user: expect.any(Number),
  });
});
