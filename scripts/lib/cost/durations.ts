import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../../lambda/model/parse.ts';

const FILE = new URL('durations.json', import.meta.url);

const milliseconds = z.number().positive();
const pointSchema = z.strictObject({
  vcpuShare: z.number().positive(),
  threads: z.int().positive(),
  meanMs: milliseconds,
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  /** CPU time of the process for each prediction. */
  cpuMs: milliseconds,
});
const measurementSchema = z.strictObject({
  measuredOn: z.iso.date(),
  machine: z.string(),
  image: z.string(),
  photoBytes: z.int().positive(),
  rounds: z.int().positive(),
  requestsPerRound: z.int().positive(),
  /** Period of the scheduler's quotas. */
  periodMs: milliseconds,
  /** Init phase with one vCPU. */
  initMs: milliseconds,
  points: z
    .array(pointSchema)
    .min(2)
    .refine(
      (points) => points.every((point, index) => point.vcpuShare > (points[index - 1]?.vcpuShare ?? 0)),
      {
        message: 'expected rising shares',
      },
    ),
});

type Point = z.output<typeof pointSchema>;
/** What `bench/vcpu-shares.ts` measured. */
export type Measurement = z.output<typeof measurementSchema>;

/** @throws where the file is not a result of `bench/vcpu-shares.ts`. */
export function readMeasurement(): Measurement {
  return parseJson(measurementSchema, readFileSync(FILE, 'utf8'), 'scripts/lib/cost/durations.json');
}

/** Times of one prediction, in milliseconds. */
export interface Duration {
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Outside of what was measured. */
  readonly isExtrapolated: boolean;
}

/** How long things take for a number of vCPUs, which may be a fraction. */
export interface DurationModel {
  readonly prediction: (vcpus: number) => Duration;
  readonly initMs: (vcpus: number) => number;
}

/**
 * Between measured shares a power law joins the two neighbours, because below one vCPU time is CPU time over share.
 * Below the least share that law goes on. Above the greatest, t(n) = s + p/n of Amdahl's law holds, with s and p from
 * one and two vCPUs; that is an assumption where no more cores were at hand.
 *
 * @param slowdown of Lambda's processors against the measured one; multiplies everything.
 */
export function durationModel({ points, initMs }: Measurement, slowdown: number): DurationModel {
  const anchors = anchorsOf(points);
  return {
    prediction(vcpus) {
      const { meanMs, p95Ms, isExtrapolated } = durationAt(points, anchors, vcpus);
      return { meanMs: meanMs * slowdown, p95Ms: p95Ms * slowdown, isExtrapolated };
    },
    // Loading is serial: more than one vCPU does not hasten it.
    initMs: (vcpus) => (initMs / Math.min(1, vcpus)) * slowdown,
  };
}

/** The points from which the curve goes on beyond what was measured. */
interface Anchors {
  readonly least: Point;
  readonly one: Point;
  readonly two: Point;
}

function anchorsOf(points: readonly Point[]): Anchors {
  const [least] = points;
  const one = points.find(({ vcpuShare }) => vcpuShare === 1);
  const two = points.at(-1);
  if (!least || !one || two?.vcpuShare !== 2) {
    throw new Error('durations.json: expected points for the shares 1 and 2, and 2 to be the greatest');
  }
  return { least, one, two };
}

function durationAt(points: readonly Point[], { least, one, two }: Anchors, vcpus: number): Duration {
  if (vcpus < least.vcpuShare) return scaled(least, least.vcpuShare / vcpus);
  if (vcpus > two.vcpuShare) {
    const serialMs = Math.max(0, 2 * two.meanMs - one.meanMs);
    const parallelMs = two.vcpuShare * (two.meanMs - serialMs);
    return scaled(two, (serialMs + parallelMs / vcpus) / two.meanMs);
  }
  const index = points.findIndex(({ vcpuShare }) => vcpuShare >= vcpus);
  const above = points[index] ?? two;
  const below = points[index - 1] ?? above;
  const between = (of: (point: Point) => number) =>
    powerLaw([below.vcpuShare, of(below)], [above.vcpuShare, of(above)], vcpus);
  return {
    meanMs: between(({ meanMs }) => meanMs),
    p95Ms: between(({ p95Ms }) => p95Ms),
    isExtrapolated: false,
  };
}

function scaled({ meanMs, p95Ms }: Point, factor: number): Duration {
  return { meanMs: meanMs * factor, p95Ms: p95Ms * factor, isExtrapolated: true };
}

/** The curve y = cx^k through two points, at x. */
function powerLaw(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  x: number,
): number {
  if (x1 === x2) return y1;
  return y1 * (x / x1) ** (Math.log(y2 / y1) / Math.log(x2 / x1));
}
