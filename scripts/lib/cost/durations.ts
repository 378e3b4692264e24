import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../../lambda/model/parse.ts';
import { REPOSITORY } from '../paths.ts';

const FILE = 'scripts/lib/cost/durations.json';
/** What `npm run bench` writes. */
export const MEASUREMENT_FILE = `${REPOSITORY}${FILE}`;

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
  /** Period of the CPU quotas. */
  periodMs: milliseconds,
  /** The init phase with one vCPU. */
  initMs: milliseconds,
  points: z
    .array(pointSchema)
    .min(2)
    .refine(
      (points) => points.every((point, index) => point.vcpuShare > (points[index - 1]?.vcpuShare ?? 0)),
      {
        message: 'expected ascending shares',
      },
    ),
});

type Point = z.output<typeof pointSchema>;
/** What `bench/vcpu-shares.ts` measured. */
export type Measurement = z.output<typeof measurementSchema>;

/** @throws Error in one line if the file is not a result of `bench/vcpu-shares.ts`. */
export function readMeasurement(): Measurement {
  return parseJson(measurementSchema, readFileSync(MEASUREMENT_FILE, 'utf8'), FILE);
}

/** Times of one prediction, in milliseconds. */
export interface Duration {
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Outside the measured shares. */
  readonly isExtrapolated: boolean;
}

/** Durations with a number of vCPUs, which may be a fraction. */
export interface DurationModel {
  readonly prediction: (vcpus: number) => Duration;
  readonly initMs: (vcpus: number) => number;
  /** How long work of one thread takes that takes `ms` on the measured machine. */
  readonly serialMs: (ms: number, vcpus: number) => number;
}

/**
 * Between two measured shares, durations follow a power law, because below one vCPU a duration is CPU time
 * divided by the share. Below the smallest share the same law continues. Above the largest, Amdahl's law t(n)
 * = s + p/n is assumed, with s and p from one and two vCPUs, because no more cores were available.
 *
 * @param slowdown of Lambda's processors against the measured one. Multiplies every duration.
 */
export function durationModel({ points, initMs }: Measurement, slowdown: number): DurationModel {
  const anchors = anchorsOf(points);
  // More than one vCPU does not speed it up.
  const serialMs = (ms: number, vcpus: number) => (ms / Math.min(1, vcpus)) * slowdown;
  return {
    prediction(vcpus) {
      const { meanMs, p95Ms, isExtrapolated } = durationAt(points, anchors, vcpus);
      return { meanMs: meanMs * slowdown, p95Ms: p95Ms * slowdown, isExtrapolated };
    },
    initMs: (vcpus) => serialMs(initMs, vcpus),
    serialMs,
  };
}

/** The points from which the curve is extrapolated. */
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
    throw new Error(`${FILE}: expected points for the shares 1 and 2, and 2 as the largest share`);
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
