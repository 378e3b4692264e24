import { ServiceError } from '../../errors.ts';
import type { Jobs } from '../engine.ts';
import type { FolderUploads } from './uploads.ts';

/** Refusals come by the hundred. In milliseconds. */
const QUIET_MS = 3_600_000;

/** What can be refused for lack of room. */
export interface Refusing {
  readonly uploads: FolderUploads;
  readonly jobs: Jobs;
}

/** Tells about the first refusal for lack of room, and then about one an hour at most. */
export function reportRefusals(
  { uploads, jobs }: Refusing,
  { onRefusal, now }: { readonly onRefusal: (reason: string) => void; readonly now: () => number },
): Refusing {
  let quietUntil = 0;

  async function watch<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'storage_full' && now() >= quietUntil) {
        quietUntil = now() + QUIET_MS;
        onRefusal(error.detail);
      }
      throw error;
    }
  }

  return {
    uploads: {
      ...uploads,
      create: (...request) => watch(uploads.create(...request)),
      receive: (...request) => watch(uploads.receive(...request)),
    },
    jobs: { ...jobs, create: (...request) => watch(jobs.create(...request)) },
  };
}
