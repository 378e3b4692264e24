import type { ServedEngine } from '../../../lambda/http/jobs/engine.ts';
import { resultLine } from '../../../lambda/http/jobs/result-line.ts';
import type { Job } from '../../../lambda/jobs/engine.ts';
import type { JobId, UploadId } from '../../../lambda/jobs/ids.ts';
import type { InputResult } from '../../../lambda/jobs/result.ts';

const UPLOAD = 'upl_0f8fad5bd9cb469fa16570867728950e' as UploadId;
export const JOB = 'job_7c9e6679f78c4b0f8a5d0f1b2c3d4e5f' as JobId;

const CREATED = new Date('2026-07-01T09:30:00Z');
const STARTED = new Date('2026-07-01T09:30:01Z');
const FINISHED = new Date('2026-07-01T09:30:42Z');

const after = (time: Date, seconds: number) => new Date(time.getTime() + 1000 * seconds);

const QUEUED: Job = {
  id: JOB,
  status: 'queued',
  counts: { total: 2, succeeded: 0, failed: 0, pending: 2 },
  createdAt: CREATED,
  startedAt: undefined,
  finishedAt: undefined,
  results: undefined,
  reason: undefined,
};
const ENDED = {
  startedAt: STARTED,
  finishedAt: FINISHED,
  results: {
    url: `http://localhost:8080/jobs/${JOB}/results`,
    parts: 1,
    expiresAt: after(FINISHED, 7 * 24 * 3600),
  },
} as const;
const SUCCEEDED: Job = {
  ...QUEUED,
  ...ENDED,
  status: 'succeeded',
  counts: { total: 2, succeeded: 1, failed: 1, pending: 0 },
};
const CANCELLED: Job = {
  ...QUEUED,
  ...ENDED,
  status: 'cancelled',
  counts: { total: 2, succeeded: 1, failed: 0, pending: 1 },
};

/** Uploads and jobs that are always the same, for the examples of the document. They keep nothing. */
export const fixedEngine = (results: readonly InputResult[]): ServedEngine => ({
  uploads: {
    create: async (_owner, { contentType }) => ({
      id: UPLOAD,
      url: `http://localhost:8080/uploads/${UPLOAD}?token=2hXn0wzvW8Yk4t1mRqf6cQ`,
      headers: { 'content-type': contentType },
      expiresAt: after(CREATED, 15 * 60),
    }),
    read: async () => {},
  },
  jobs: {
    create: async () => QUEUED,
    find: async () => SUCCEEDED,
    cancel: async () => CANCELLED,
    results: async () => ({ kind: 'here', pieces: lines(results) }),
  },
});

async function* lines(results: readonly InputResult[]): AsyncIterable<Uint8Array> {
  for (const result of results) yield Buffer.from(`${resultLine(result)}\n`);
}
