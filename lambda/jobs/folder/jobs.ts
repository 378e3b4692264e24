import { ServiceError } from '../../errors.ts';
import { type Models, modelChoice } from '../../prediction/models.ts';
import { isFinal, type Job, type JobRequest, type Jobs } from '../engine.ts';
import { newJobId, type Owner } from '../ids.ts';
import { requestHash } from '../request-hash.ts';
import type { EndJob } from './ending.ts';
import { jobView } from './job-view.ts';
import { estimateResults } from './result-estimate.ts';
import { streamResults } from './result-stream.ts';
import type { Room } from './room.ts';
import type { Slots } from './slots.ts';
import type { StoredJob } from './store/jobs.ts';
import type { Store } from './store/store.ts';
import { type FolderUploads, uploadNotFound } from './uploads.ts';

/** The row of a job. */
const JOB_BYTES = 4096;

export interface JobsDependencies {
  readonly store: Store<unknown>;
  readonly uploads: Pick<FolderUploads, 'isReadable' | 'isArriving'>;
  readonly room: Room;
  readonly models: Pick<Models, 'find'>;
  readonly slots: Slots;
  readonly keepDays: number;
  readonly now: () => number;
  /** @throws ServiceError if webhooks are off, or may not go to this URL. */
  readonly checkWebhook: (url: string) => void;
  readonly endJob: EndJob;
  readonly runner: {
    /** Takes a job that has been accepted. */
    add(number: number): void;
    /** Stops the work on a job that has ended. */
    drop(number: number): void;
    /** Why a job does not go on at the moment. */
    pauseReason(number: number): string | undefined;
  };
}

export function createJobs(dependencies: JobsDependencies): Jobs {
  const { store, uploads, room, models, slots, keepDays, now, checkWebhook, endJob, runner } = dependencies;
  const { database, jobs, inputs } = store;

  const view = (job: StoredJob, baseUrl: string): Job =>
    jobView(job, { baseUrl, keepDays, pauseReason: runner.pauseReason(job.number) });

  function owned(owner: Owner, id: string): StoredJob {
    const job = jobs.get(id);
    if (job?.owner !== owner)
      throw new ServiceError(
        'job_not_found',
        `Expected the id of a job of yours that is still kept, got ${id}.`,
      );
    return job;
  }

  function repeated(owner: Owner, key: string | undefined, requestSha256: string): StoredJob | undefined {
    const job = key === undefined ? undefined : jobs.withKey(owner, key);
    if (job && job.requestSha256 !== requestSha256)
      throw new ServiceError(
        'idempotency_key_reused',
        'Expected the same request as before with this Idempotency-Key, got another one.',
      );
    return job;
  }

  function requireUploads(owner: Owner, { source }: JobRequest): void {
    const ids =
      source.kind === 'inputs'
        ? source.inputs.flatMap((input) => ('upload_id' in input ? [input.upload_id] : []))
        : source.kind === 'manifest'
          ? [source.uploadId]
          : [];
    for (const id of ids) {
      if (!uploads.isReadable(owner, id)) throw uploadNotFound(id);
      // The job would have one file or the other, or parts of two manifests.
      if (uploads.isArriving(id))
        throw new ServiceError('overloaded', `The file of ${id} is being sent again. Try again after that.`, {
          retryAfterSeconds: 1,
        });
    }
  }

  return {
    async create(owner, request, idempotencyKey, baseUrl, address) {
      const requestSha256 = requestHash(request);
      const earlier = repeated(owner, idempotencyKey, requestSha256);
      if (earlier) return view(earlier, baseUrl);

      const { source, options, webhook } = request;
      requireNoBucket(request);
      if (webhook !== undefined) checkWebhook(webhook);
      const model = modelChoice(await (await models.find(request.model)).identify());
      let added: number | undefined;
      const addOnce = () => {
        const meanwhile = repeated(owner, idempotencyKey, requestSha256);
        if (meanwhile) return { number: meanwhile.number, isNew: false };
        slots.require(address);
        requireUploads(owner, request);
        added = jobs.add({
          id: newJobId(),
          owner,
          idempotencyKey: idempotencyKey ?? null,
          requestSha256,
          model,
          topK: options.topK,
          explain: options.explain,
          webhook: webhook ?? null,
          createdAt: now(),
          manifest: source.kind === 'manifest' ? source.uploadId : null,
          total: source.kind === 'inputs' ? source.inputs.length : undefined,
        });
        if (source.kind === 'inputs')
          for (const [position, input] of source.inputs.entries()) inputs.add(added, position, input);
        // The inputs are in the database already, and counted there.
        room.reserve('job', added, JOB_BYTES + estimateResults(options, inputs.sum(added)), address);
        slots.take(added, address);
        return { number: added, isNew: true };
      };
      try {
        const { number, isNew } = database.acknowledge(addOnce);
        if (isNew) runner.add(number);
        return view(jobs.at(number), baseUrl);
      } catch (error) {
        if (added !== undefined) {
          room.release('job', added);
          slots.free(added);
        }
        throw error;
      }
    },
    async find(owner, id, baseUrl) {
      return view(owned(owner, id), baseUrl);
    },
    async results(owner, id, part) {
      const job = owned(owner, id);
      if (!isFinal(job.status))
        throw new ServiceError(
          'results_not_ready',
          `Expected a job that has ended, but it is ${job.status}.`,
          {
            retryAfterSeconds: 1,
          },
        );
      if (part !== 1)
        throw new ServiceError('invalid_request', `Expected part 1, got ${part}.`, {
          fields: [{ field: 'query.part', message: 'expected 1' }],
        });
      return { kind: 'here', pieces: streamResults(inputs, job) };
    },
    async cancel(owner, id, baseUrl) {
      const { number } = owned(owner, id);
      endJob(number, 'cancelled');
      runner.drop(number);
      return view(jobs.at(number), baseUrl);
    },
  };
}

function requireNoBucket({ source }: JobRequest): void {
  if (source.kind === 'prefix' || (source.kind === 'inputs' && source.inputs.some((input) => 's3' in input)))
    throw noBuckets();
}

const noBuckets = (): ServiceError =>
  new ServiceError('source_not_allowed', 'This server reads no buckets. Expected uploads or URLs.');
