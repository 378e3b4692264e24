import type { Sample } from './corpus/index.ts';
import { residentBytes } from './memory-guard.ts';
import { type Mutant, mutant } from './mutants.ts';
import { expectRefused, type HostileService, raw } from './support.ts';

/** A request without a response by then fails the sweep. */
const NO_ANSWER_MS = 60_000;
/** Samples of the resident memory, spread evenly over the sweep. */
const SAMPLES = 200;
/** The codes that refusals of mutants may have. */
const REFUSALS = [
  'invalid_image',
  'too_many_pixels',
  'decode_too_costly',
  'unsupported_media_type',
  'invalid_request',
  'image_too_large',
] as const;

export interface Timed {
  readonly seed: number;
  readonly about: string;
  readonly ms: number;
}

export interface Swept {
  /** Number of bodies by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  /** The longest times from request to response, next to other bodies. The longest comes first. */
  readonly slowest: readonly Timed[];
  /** Resident bytes over the sweep. Empty if the system does not report them. */
  readonly rssBytes: readonly number[];
}

export interface SweepOptions {
  readonly firstSeed: number;
  readonly count: number;
  /** Concurrent requests. */
  readonly concurrency: number;
  /** How many of the slowest bodies to keep. */
  readonly keepSlowest: number;
}

/** Sends a mutant. Fails unless the response is documented and is not a failure of the service. */
async function sendMutant(service: HostileService, { about, path, contentType, body }: Mutant) {
  const signal = AbortSignal.timeout(NO_ANSWER_MS);
  const answer = await service.post(path, { ...raw(body, contentType), signal }, about);
  if (answer.status !== 200) expectRefused(answer, ...REFUSALS);
  return answer;
}

/**
 * Sends `count` mutants.
 *
 * @throws an `Error` that names the mutants in progress when the service died, or the one with a wrong
 *   response.
 */
export async function sweep(
  service: HostileService,
  corpus: readonly Sample[],
  { firstSeed, count, concurrency, keepSlowest }: SweepOptions,
): Promise<Swept> {
  const statuses: Record<string, number> = {};
  const kinds: Record<string, number> = {};
  const rssBytes: number[] = [];
  const inWork = new Map<number, string>();
  let slowest: readonly Timed[] = [];
  let next = 0;
  let failure: Error | undefined;

  async function sendMutants(): Promise<void> {
    while (next < count && !failure) {
      const offset = next;
      next += 1;
      const seed = firstSeed + offset;
      const made = await mutant(corpus, seed);
      inWork.set(seed, made.about);
      const start = performance.now();
      try {
        const { status } = await sendMutant(service, made);
        statuses[status] = (statuses[status] ?? 0) + 1;
      } catch (cause) {
        // The others fail together with the first one, and any of them may be the cause.
        failure ??= new Error(
          `${(cause as Error).message}\nIn progress: ${[...inWork.values()].join('; ')}`,
          {
            cause,
          },
        );
      }
      const timed = { seed, about: made.about, ms: performance.now() - start };
      slowest = [...slowest, timed].sort((a, b) => b.ms - a.ms).slice(0, keepSlowest);
      kinds[made.kind] = (kinds[made.kind] ?? 0) + 1;
      inWork.delete(seed);
      if (offset % Math.ceil(count / SAMPLES) === 0) rssBytes.push(residentBytes(service.pid) ?? Number.NaN);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendMutants));
  if (failure) throw failure;
  return { statuses, kinds, slowest, rssBytes: rssBytes.filter((bytes) => !Number.isNaN(bytes)) };
}

/**
 * The CPU time that the service spends on one body alone. This is the shortest of three tries, because on a
 * busy machine only the shortest shows what the body costs.
 */
export async function aloneCpuMs(
  service: HostileService,
  corpus: readonly Sample[],
  seed: number,
): Promise<number> {
  const made = await mutant(corpus, seed);
  const tries: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const before = await service.stats();
    await sendMutant(service, made);
    tries.push((await service.stats()).cpuMs - before.cpuMs);
  }
  return Math.min(...tries);
}
