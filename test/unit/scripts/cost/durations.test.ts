import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationModel, type Measurement, readMeasurement } from '../../../../scripts/lib/cost/durations.ts';
import { lossShare, threadsOf, vcpusOf } from '../../../../scripts/lib/cost/function.ts';

const point = (vcpuShare: number, meanMs: number) => ({
  vcpuShare,
  threads: Math.max(1, Math.round(vcpuShare)),
  meanMs,
  p50Ms: meanMs,
  p95Ms: meanMs * 1.5,
  cpuMs: 16,
});
const measurement: Measurement = {
  ...readMeasurement(),
  initMs: 300,
  points: [point(0.25, 64), point(0.5, 32), point(1, 16), point(2, 12)],
};
const model = durationModel(measurement, 1);

describe('the duration of a prediction', () => {
  it('is the measured duration at the measured shares', () => {
    expect(model.prediction(0.5)).toEqual({ meanMs: 32, p95Ms: 48, isExtrapolated: false });
    expect(model.prediction(2).meanMs).toBe(12);
  });

  it('is CPU time divided by the share, between and below measured shares', () => {
    expect(model.prediction(0.4).meanMs).toBeCloseTo(40, 9);
    expect(model.prediction(0.125)).toMatchObject({ meanMs: 128, isExtrapolated: true });
  });

  it("follows Amdahl's law above two vCPUs: 8 ms serial and 8 ms parallel", () => {
    const { meanMs, p95Ms, isExtrapolated } = model.prediction(4);
    expect(meanMs).toBeCloseTo(8 + 8 / 4, 9);
    expect(p95Ms).toBeCloseTo(15, 9);
    expect(isExtrapolated).toBe(true);
  });

  it('is multiplied by the slowdown, like the init phase', () => {
    const slow = durationModel(measurement, 3);
    expect(slow.prediction(1).meanMs).toBe(48);
    expect(slow.initMs(0.5)).toBe(1800);
    expect(slow.initMs(4)).toBe(900);
  });

  it('never grows with the vCPUs if the measured durations do not', () => {
    const shares = fc.double({ min: 0.07, max: 6, noNaN: true });
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(model.prediction(more).meanMs).toBeLessThanOrEqual(model.prediction(less).meanMs + 1e-9);
      }),
    );
  });

  it('refuses a measurement that it cannot extrapolate', () => {
    expect(() => durationModel({ ...measurement, points: measurement.points.slice(0, 2) }, 1)).toThrow(
      'durations.json: expected points for the shares 1 and 2',
    );
  });
});

describe('capacity', () => {
  it.each([
    [512, 0.289, 1],
    [1769, 1, 1],
    [2048, 1.158, 1],
    [2700, 1.526, 2],
    [10_240, 5.789, 6],
  ])('of %i MiB is %f vCPUs and %i threads', (memoryMiB, vcpus, threads) => {
    expect(vcpusOf(memoryMiB)).toBeCloseTo(vcpus, 3);
    expect(threadsOf(memoryMiB)).toBe(threads);
  });

  it("loses requests by Erlang's formula", () => {
    expect(lossShare(1, 1)).toBeCloseTo(0.5, 9);
    // a²/2 over 1 + a + a²/2 with a = 2.
    expect(lossShare(2, 2)).toBeCloseTo(0.4, 9);
    expect(lossShare(0, 3)).toBe(0);
  });
});
