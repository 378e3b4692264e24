import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLive, type Live, type LiveEvent } from '../../../../lambda/telemetry/live/live.ts';
import type { Second } from '../../../../lambda/telemetry/live/second.ts';
import type { ModelState } from '../../../../lambda/telemetry/service-state.ts';
import { FACTS, image, outcome, record, STATE } from '../records.ts';

const START = 1_800_000_000_400;

let models: ModelState[];
let live: Live;
let events: LiveEvent[];

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  models = [{ name: 'resnet50', version: '1.0.0', state: 'loading' }];
  events = [];
  live = createLive(FACTS, { ...STATE, models: () => models });
});
afterEach(() => {
  vi.useRealTimers();
});

const seconds = () =>
  events.filter(({ name }) => name === 'second').map(({ data }) => JSON.parse(data) as Second);
const history = () => (JSON.parse(live.soFar()[1]?.data ?? '') as { seconds: Second[] }).seconds;

test('each second is passed on when it ends, with what was recorded in it', () => {
  live.subscribe((event) => events.push(event));
  live.sink.recordRequest?.(record({ images: [image('tabby')] }), outcome());
  vi.advanceTimersByTime(700);
  live.sink.recordRefusal?.({} as never);
  live.recordDelay(30);
  vi.advanceTimersByTime(1000);
  expect(seconds()).toMatchObject([
    { t: 1_800_000_000, requests: 1, classes: { tabby: 1 }, refused: 0, in_flight: 3, queue: 1 },
    { t: 1_800_000_001, requests: 0, classes: {}, refused: 1, event_loop_delay_ms: 30 },
  ]);
  for (const second of seconds()) {
    expect(second.rss_bytes).toBeGreaterThan(second.heap_bytes);
    expect(second.cpu_percent).toBeGreaterThanOrEqual(0);
    expect(second.cpu_percent).toBeLessThanOrEqual(100);
  }
});

test('a second ends even if its memory cannot be read, as while too many files are open', () => {
  live.subscribe((event) => events.push(event));
  vi.advanceTimersByTime(1000);
  const read = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
    throw new Error('EMFILE: too many open files, uv_resident_set_memory');
  });
  vi.advanceTimersByTime(1000);
  read.mockRestore();
  const [before, after] = seconds();
  expect(after?.rss_bytes).toBe(before?.rss_bytes);
});

test('a new viewer gets the service and the last 900 seconds', () => {
  vi.advanceTimersByTime(1000 * 1000);
  const [first] = live.soFar();
  expect(first?.name).toBe('info');
  expect(JSON.parse(first?.data ?? '')).toEqual({
    service: 'resnet50',
    version: '1.2.3',
    node: process.versions.node,
    onnxruntime: '9.8.7',
    started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    uptime_s: expect.any(Number),
    stage: 'test',
    threads: 2,
    cpus: 1.5,
    memory_limit_bytes: 2 ** 30,
    max_in_flight: 32,
    models: [{ name: 'resnet50', version: '1.0.0', state: 'loading' }],
  });
  expect(history().map(({ t }) => t)).toEqual(
    Array.from({ length: 900 }, (_, index) => 1_800_000_100 + index),
  );
});

test('viewers are told when the state of a model has changed, once', () => {
  vi.advanceTimersByTime(2000);
  live.subscribe((event) => events.push(event));
  models = [{ name: 'resnet50', version: '1.0.0', state: 'ready' }];
  vi.advanceTimersByTime(3000);
  const infos = events.filter(({ name }) => name === 'info');
  expect(infos.map(({ data }) => JSON.parse(data).models)).toEqual([models]);
});

test('seconds never repeat, even if the clock is set back', () => {
  vi.advanceTimersByTime(3000);
  vi.setSystemTime(START - 3_600_000);
  vi.advanceTimersByTime(3000);
  const times = history().map(({ t }) => t);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  expect(times.length).toBeGreaterThanOrEqual(5);
});

test('nothing is sent after the end of a subscription', () => {
  const end = live.subscribe((event) => events.push(event));
  end();
  vi.advanceTimersByTime(5000);
  expect(events).toEqual([]);
});
