import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultLine } from '../../../../lambda/http/jobs/result-line.ts';
import { readPrices } from '../../../../lib/prices.ts';
import { batchesAtOnce } from '../../../../lib/settings/jobs.ts';
import { sumOf } from '../../../../scripts/lib/cost/bill.ts';
import { durationModel, readMeasurement } from '../../../../scripts/lib/cost/durations.ts';
import {
  batchesOf,
  fixedSize,
  LARGEST,
  OWN_SIZE,
  SMALLEST,
} from '../../../../scripts/lib/cost/jobs/batches.ts';
import {
  type BucketJob,
  jobCharges,
  photoSeconds,
  stepsOf,
  usdOfJob,
} from '../../../../scripts/lib/cost/jobs/job.ts';
import { measuredPhotos } from '../../../../scripts/lib/cost/jobs/photos.ts';
import { jobTime } from '../../../../scripts/lib/cost/jobs/time.ts';
import { tuneWorker } from '../../../../scripts/lib/cost/jobs/tuning.ts';
import { uploadCharges } from '../../../../scripts/lib/cost/jobs/uploads.ts';
import { RESULT_BYTES } from '../../../../scripts/lib/cost/jobs/volumes.ts';
import { DEFAULT_SLOWDOWN } from '../../../../scripts/lib/cost/stage.ts';

const prices = readPrices();
const durations = durationModel(readMeasurement(), DEFAULT_SLOWDOWN);
const { usual, large } = measuredPhotos();
const worker = { architecture: 'x86_64', memoryMiB: 1769, concurrency: 50 } as const;
const job = (changes: Partial<BucketJob> = {}): BucketJob => ({
  count: 1_000_000,
  photos: usual,
  batchSize: fixedSize(1000),
  keepDays: 7,
  ...changes,
});
const usdOf = (changes: Partial<BucketJob>) => usdOfJob(prices, job(changes), worker, durations);
const quantityOf = (changes: Partial<BucketJob>, name: string) =>
  jobCharges(prices, job(changes), worker, durations).find((charge) => charge.name === name)?.quantity;

describe('the batches of a job', () => {
  it('hold all inputs', () => {
    expect(batchesOf(fixedSize(100), 250)).toEqual({ count: 3, largest: 100 });
    expect(batchesOf(fixedSize(100), 0)).toEqual({ count: 0, largest: 0 });
  });

  it('are those that a job cuts', () => {
    expect(batchesOf(OWN_SIZE, 1000)).toEqual({ count: 1000 / SMALLEST, largest: SMALLEST });
    expect(batchesOf(OWN_SIZE, 100_000_000).largest).toBe(LARGEST);
  });

  it('of large photos end within the 15 minutes of Lambda, with the smallest memory too', () => {
    const slowest = LARGEST * photoSeconds(large, worker.memoryMiB, durations);
    expect(slowest).toBeLessThan(900 / 2);
    expect(LARGEST * photoSeconds(usual, 512, durations)).toBeLessThan(900);
  });

  it('cost at most a fifth of the photos themselves in a million, and the tail is short', () => {
    expect(usdOf({ batchSize: OWN_SIZE })).toBeLessThan(1.2 * usdOf({ batchSize: fixedSize(1_000_000) }));
    for (const count of [10_000, 1_000_000, 100_000_000]) {
      const ideal =
        (count * photoSeconds(usual, worker.memoryMiB, durations)) / batchesAtOnce(worker.concurrency);
      const { classify } = jobTime(job({ count, batchSize: OWN_SIZE }), worker, durations);
      expect(classify).toBeLessThan(1.35 * ideal);
    }
  });
});

describe('the cost of a job', () => {
  it('has the state transitions of its batches: a start and three states each', () => {
    // 1,000 batches, one invocation each for the preparation and the end, two states for each, and two more.
    expect(quantityOf({}, 'State transitions')).toBe(1000 * 4 + 2 * 2 + 2);
    expect(quantityOf({}, 'Invocations')).toBe(1000 + 2);
  });

  it('has one GET for each photo, and one list for 1,000 of them', () => {
    expect(quantityOf({}, 'Photos read')).toBe(1_000_000);
    const written = (count: number) => quantityOf({ count }, 'Batches and results written, lists') ?? 0;
    // 1,000 batches of three PUTs, 1,000 lists of the bucket and two of the results, and 88 pieces that are merged.
    expect(written(1_000_000)).toBeCloseTo(3000 + 1000 + 2 + 87.5, 6);
  });

  it('pays the worker for the photos, on one vCPU', () => {
    const seconds = 1_000_000 * photoSeconds(usual, 1769, durations);
    const paid = (quantityOf({}, 'Worker') ?? 0) / (1769 / 1024);
    expect(paid).toBeGreaterThan(seconds);
    expect(paid).toBeLessThan(1.01 * seconds);
  });

  it('falls with the size of the batches, and rises with their number', () => {
    const size = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [small, big] = [Math.min(a, b), Math.max(a, b)];
        expect(usdOf({ count: 100_000, batchSize: fixedSize(big) })).toBeLessThanOrEqual(
          usdOf({ count: 100_000, batchSize: fixedSize(small) }) + 1e-9,
        );
      }),
    );
  });

  it('is less on arm64, and more for large photos', () => {
    const arm = usdOfJob(prices, job(), { ...worker, architecture: 'arm64' }, durations);
    expect(arm).toBeLessThan(usdOf({}));
    expect(usdOf({ photos: large })).toBeGreaterThan(usdOf({}));
  });

  it('is multiplied by uploads', () => {
    const lambda = { architecture: 'x86_64', memoryMiB: 1769 } as const;
    const uploads = { count: 1_000_000, photos: usual, lambda, firewall: true };
    // API Gateway 3.50, the firewall 0.60, S3 5.00 USD a million.
    expect(sumOf(uploadCharges(prices, uploads))).toBeGreaterThan(9.1);
    expect(sumOf(uploadCharges(prices, uploads), 'storage')).toBeGreaterThan(5);
  });
});

describe('the time of a job', () => {
  it('is that of the photos divided by nine tenths of the workers, after the list', () => {
    const { prepare, classify, photosPerSecond } = jobTime(job(), worker, durations);
    expect(prepare).toBeCloseTo(1000 * 0.2, 9);
    const each = photoSeconds(usual, 1769, durations);
    expect(photosPerSecond).toBeCloseTo(45 / (each + 0.3 / 1000), 6);
    expect(classify).toBeGreaterThan(1_000_000 / photosPerSecond);
  });

  it('is at least what Step Functions needs to start the batches, 100 a second', () => {
    const many = { ...worker, concurrency: 10_000 };
    const { classify } = jobTime(job({ batchSize: fixedSize(10) }), many, durations);
    expect(classify).toBeGreaterThan(100_000 / 100);
  });

  it('of a small job is bounded by its number of batches', () => {
    const few = job({ count: 300, batchSize: fixedSize(100) });
    const seconds = (concurrency: number) => jobTime(few, { ...worker, concurrency }, durations).classify;
    expect(seconds(50)).toBe(seconds(4));
  });

  it('of a hundred million photos needs several invocations to list them', () => {
    const { invocations, prepareSeconds } = stepsOf(100_000_000);
    expect(prepareSeconds).toBeCloseTo(20_000, 6);
    expect(invocations).toBeGreaterThan(prepareSeconds / 900);
  });
});

it('the cheapest memory of the workers has at most one vCPU', () => {
  const jobs = {
    concurrency: 50,
    memoryMiB: 1769,
    keepDays: 7,
    maxUploadBytes: 1,
    maxHours: 24,
    sources: [],
  };
  const { cheapest, fastest, options } = tuneWorker(prices, worker, jobs, usual, durations);
  expect(cheapest.vcpus).toBeLessThanOrEqual(1);
  expect(fastest.memoryMiB).toBe(10_240);
  const own = options.find(({ memoryMiB }) => memoryMiB === 1769);
  expect(own?.usd).toBeLessThan(1.05 * cheapest.usd);
});

it('a result with five predictions has about as many bytes as the cost model stores', () => {
  const prediction = { index: 285, wnid: 'n02124075', label: 'Egyptian cat', probability: 0.123456 };
  const line = resultLine({
    index: 123_456,
    input: { s3: 's3://acme-photos/2026/11/27/IMG_20261127_200500.jpg' },
    model: { name: 'resnet50', version: '1.0.0' },
    outcome: {
      predictions: [1, 2, 3, 4, 5].map((rank) => ({ rank, ...prediction })),
      image: { format: 'jpeg', width: 4000, height: 2667, bytes: 628_951 },
    },
  } as never);
  expect(Math.abs(line.length - RESULT_BYTES)).toBeLessThan(0.15 * RESULT_BYTES);
});
