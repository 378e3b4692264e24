import type { AllowedSource } from '../../config/jobs.ts';
import { ServiceError } from '../../errors.ts';
import { isFinal, type Job, type JobRequest, type JobSource, type Jobs } from '../engine.ts';
import { type JobId, jobIdOf, newJobId, type Owner, type UploadId } from '../ids.ts';
import { requestHash } from '../request-hash.ts';
import { allowedPrefix } from '../sources/allowed.ts';
import { checkWebhookUrl } from '../webhook/url.ts';
import { createAdmission } from './admission.ts';
import type { RequestDocument } from './documents.ts';
import type { Execution, Executions } from './executions/executions.ts';
import { type JobState, jobOf, readState } from './job-view.ts';
import { keys } from './layout.ts';
import { ownerTag, withTag } from './owned-id.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { readJson } from './storage/read.ts';
import { requireUploads } from './uploads.ts';

export interface JobsSettings {
  readonly store: ObjectStore;
  readonly executions: Executions;
  readonly sources: readonly AllowedSource[];
  readonly idSalt: string;
}

const RETRY_AFTER_SECONDS = 2;

export function createJobs({ store, executions, sources, idSalt }: JobsSettings): Jobs {
  const admission = createAdmission(executions);

  async function requestOf(owner: Owner, id: JobId): Promise<RequestDocument> {
    const document = await readJson<RequestDocument>(store, keys.request(id));
    if (document?.owner !== owner) {
      throw new ServiceError(
        'job_not_found',
        `Expected the id of a job of yours that is still kept, got ${id}.`,
      );
    }
    return document;
  }

  async function stateOf(owner: Owner, id: JobId): Promise<JobState> {
    return readState(store, id, await requestOf(owner, id), () => executions.describe(id));
  }

  /** What Step Functions reports may be a moment old, so it may not know of an end that it has just confirmed. */
  async function stoppedState(id: JobId, { document, execution }: JobState): Promise<JobState> {
    const stoppedAt = await executions.stop(id);
    if (!stoppedAt) {
      throw new ServiceError('overloaded', 'The job is about to start. Try again.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    const now = await executions.describe(id);
    const startedAt = (now ?? execution)?.startedAt ?? stoppedAt;
    const stopped: Execution = { status: 'aborted', startedAt, stoppedAt };
    return readState(store, id, document, async () => (now && now.status !== 'running' ? now : stopped));
  }

  return {
    async create(owner, request, idempotencyKey) {
      checkSource(request.source, sources);
      if (request.webhook !== undefined) checkWebhookUrl(request.webhook, { allowHttp: false });
      const tag = ownerTag(idSalt, owner);
      const anyId = idempotencyKey === undefined ? newJobId() : jobIdOf(idSalt, owner, idempotencyKey);
      const id = withTag(anyId, tag);
      const hash = requestHash(request);
      if (idempotencyKey !== undefined) {
        const earlier = await earlierJob(id, hash);
        if (earlier) return startAgain(id, earlier);
      }
      return admission.admit(tag, async () => {
        await requireUploads(store, owner, uploadsOf(request.source));
        const document: RequestDocument = {
          owner,
          created_at: new Date().toISOString(),
          request,
          request_sha256: hash,
        };
        if (!(await store.create(keys.request(id), JSON.stringify(document)))) {
          // Another request with the same key came at the same time.
          const other = await earlierJob(id, hash);
          return startAgain(id, other ?? document);
        }
        await executions.start(id, { job_id: id });
        return jobOf(store, id, { document, execution: undefined, prepared: undefined, finished: undefined });
      });
    },
    async find(owner, id) {
      return jobOf(store, id, await stateOf(owner, id));
    },
    async results(owner, id, part) {
      const { finished } = await stateOf(owner, id);
      if (!finished) {
        throw new ServiceError('results_not_ready', 'The results of the job cannot be read yet. Try again.', {
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      }
      if (part > finished.parts) {
        throw new ServiceError(
          'invalid_request',
          `Expected a part from 1 to ${finished.parts}, got ${part}.`,
        );
      }
      const { url } = await store.presignGet(keys.results(id, part));
      return { kind: 'elsewhere', url, nextPart: part < finished.parts ? part + 1 : undefined };
    },
    async cancel(owner, id) {
      const state = await stateOf(owner, id);
      const job = await jobOf(store, id, state);
      return isFinal(job.status) ? job : jobOf(store, id, await stoppedState(id, state));
    },
  };

  /**
   * The job that was accepted with the same key.
   *
   * @throws ServiceError `idempotency_key_reused` for another request, and for a job that is deleted already: Step
   *   Functions keeps its name for 90 days.
   */
  async function earlierJob(id: JobId, hash: string): Promise<RequestDocument | undefined> {
    const document = await readJson<RequestDocument>(store, keys.request(id));
    if (document && document.request_sha256 !== hash) {
      throw reused('Expected the request that the idempotency key was used with, got another one.');
    }
    if (!document && (await executions.describe(id))) {
      throw reused('Expected a new idempotency key, got the one of a job that has been deleted.');
    }
    return document;
  }

  /**
   * The first request may have ended before it started the job. To start it twice does no harm, unless Step Functions has
   * forgotten the first time, after 90 days. By then the job has an end.
   */
  async function startAgain(id: JobId, document: RequestDocument): Promise<Job> {
    const state = () => readState(store, id, document, () => executions.describe(id));
    const before = await state();
    if (before.finished || before.execution) return jobOf(store, id, before);
    await executions.start(id, { job_id: id });
    return jobOf(store, id, await state());
  }
}

const reused = (detail: string): ServiceError => new ServiceError('idempotency_key_reused', detail);

function checkSource(source: JobSource, sources: readonly AllowedSource[]): void {
  if (source.kind === 'prefix') allowedPrefix(sources, source.prefix);
  const isRefused = source.kind === 'inputs' && source.inputs.some((input) => 's3' in input);
  if (isRefused) {
    throw new ServiceError('source_not_allowed', 'Expected uploads and URLs, got an object of S3.');
  }
}

function uploadsOf(source: JobRequest['source']): readonly UploadId[] {
  if (source.kind === 'manifest') return [source.uploadId];
  if (source.kind === 'prefix') return [];
  const ids = source.inputs.flatMap((input) => ('upload_id' in input ? input.upload_id : []));
  return [...new Set(ids)];
}
