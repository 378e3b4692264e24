import type { Sample } from './corpus/index.ts';
import { residentBytes } from './memory-guard.ts';
import { type Mutant, mutant } from './mutants.ts';
import { expectRefused, type HostileService, raw } from './support.ts';

/** No body takes that long; a request without an answer by then fails the sweep. */
const NO_ANSWER_MS = 60_000;
/** Of the resident memory, spread evenly over the sweep. */
const SAMPLES = 200;
/** What a refusal of such a body may say. */
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
  /** Bodies by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  /** The longest times from request to answer while other bodies were in work, the longest first. */
  readonly slowest: readonly Timed[];
  /** Resident bytes over the sweep; empty where the system does not tell. */
  readonly rssBytes: readonly number[];
}

export interface SweepOptions {
  readonly firstSeed: number;
  readonly count: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** How many of the slowest bodies are kept. */
  readonly keepSlowest: number;
}

/** Sends a mutant and fails unless the answer is one that is documented, and is no failure of the service. */
export async function sendMutant(service: HostileService, { about, path, contentType, body }: Mutant) {
  const signal = AbortSignal.timeout(NO_ANSWER_MS);
  const answer = await service.post(path, { ...raw(body, contentType), signal }, about);
  if (answer.status !== 200) expectRefused(answer, ...REFUSALS);
  return answer;
}

/**
 * Sends `count` mutants.
 *
 * @throws an `Error` that names all mutants in work when the service died, or the one whose answer was wrong.
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
        // The others fail with the first, of which any may be the reason.
        failure ??= new Error(`${(cause as Error).message}\nIn work: ${[...inWork.values()].join('; ')}`, {
          cause,
        });
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
 * Processor time that the service spends on one body while it is alone: the shortest of three tries, as of a machine with
 * other work to do only that says what the body costs.
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
