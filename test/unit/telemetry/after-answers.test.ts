import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordAfterAnswers } from '../../../lambda/telemetry/after-answers.ts';
import type { Observability, RequestOutcome, RequestRecord } from '../../../lambda/telemetry/requests.ts';

let recorded: string[];
let observability: Observability;
const before = new Set(process.listeners('exit'));

beforeEach(() => {
  recorded = [];
  const keep = (what: string) => () => void recorded.push(what);
  observability = recordAfterAnswers({
    cpuUsage: () => undefined,
    recordRequest: ({ requestId }) => recorded.push(requestId),
    recordRefusal: keep('refusal'),
    recordBlock: keep('block'),
    recordCaptureLoss: keep('capture loss'),
    recordLifecycle: ({ kind }) => recorded.push(kind),
  });
});
afterEach(() => {
  for (const listener of process.listeners('exit')) if (!before.has(listener)) process.off('exit', listener);
});

const request = (requestId: string) =>
  observability.recordRequest({ requestId } as RequestRecord, {} as RequestOutcome);

test('requests are recorded in the next turn of the event loop, in order', async () => {
  request('a');
  request('b');
  await Promise.resolve();
  expect(recorded).toEqual([]);
  await nextTurn();
  expect(recorded).toEqual(['a', 'b']);
  request('c');
  await nextTurn();
  expect(recorded).toEqual(['a', 'b', 'c']);
});

test('everything else is recorded immediately, after the requests before it', () => {
  request('a');
  observability.recordBlock(300);
  request('b');
  observability.recordLifecycle({ kind: 'stopped' });
  expect(recorded).toEqual(['a', 'block', 'b', 'stopped']);
});

test('nothing is lost if the process exits first', () => {
  request('a');
  for (const listener of process.listeners('exit')) if (!before.has(listener)) listener.call(process, 0);
  expect(recorded).toEqual(['a']);
});
