import type { PriceBook } from '../../../../lib/prices.ts';
import type { JobsOn } from '../../../../lib/settings/jobs.ts';
import type { DurationModel } from '../durations.ts';
import { type Architecture, vcpusOf } from '../function.ts';
import { MEMORY_MIB } from '../tuning.ts';
import { photoSeconds, usdOfJob } from './job.ts';
import type { Photos } from './photos.ts';
import { bucketJob, MILLION, workerOf } from './stage.ts';

export interface WorkerOption {
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** Of one worker, for one photo. */
  readonly photoSeconds: number;
  /** For a million photos. */
  readonly usd: number;
  readonly isExtrapolated: boolean;
}

export interface WorkerTuning {
  readonly options: readonly WorkerOption[];
  readonly cheapest: WorkerOption;
  readonly fastest: WorkerOption;
}

/** The cost of a million photos with every memory setting of the workers. */
export function tuneWorker(
  book: PriceBook,
  stage: { readonly architecture: Architecture },
  jobs: JobsOn,
  photos: Photos,
  durations: DurationModel,
): WorkerTuning {
  const job = bucketJob(MILLION, photos, jobs);
  const options = MEMORY_MIB.map((memoryMiB) => ({
    memoryMiB,
    vcpus: vcpusOf(memoryMiB),
    photoSeconds: photoSeconds(photos, memoryMiB, durations),
    usd: usdOfJob(book, job, workerOf(stage, { ...jobs, memoryMiB }), durations),
    isExtrapolated: durations.prediction(vcpusOf(memoryMiB)).isExtrapolated,
  }));
  const least = (of: (option: WorkerOption) => number) => options.reduce((a, b) => (of(b) < of(a) ? b : a));
  return { options, cheapest: least(({ usd }) => usd), fastest: least((option) => option.photoSeconds) };
}
