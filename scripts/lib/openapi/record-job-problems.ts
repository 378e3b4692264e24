import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FolderJobSettings } from '../../../lambda/config/jobs.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import { silentApp, silentJobs } from './app.ts';
import { untilAborted } from './until-aborted.ts';

const UPLOAD_ID = 'upl_0f8fad5bd9cb469fa16570867728950e';
const JOB_PATH = '/jobs/job_7c9e6679f78c4b0f8a5d0f1b2c3d4e5f';
const INPUTS = [{ url: 'https://example.com/cat.jpg' }];
/** Of random bytes: `whsec_` and base64. */
const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
/** As much as SQLite needs for itself, so that nothing else has room. */
const NO_ROOM: Partial<FolderJobSettings> = { maxFolderBytes: 12 * 2 ** 20 };
/** Less than this between two looks at a job. In milliseconds. */
const POLL_MS = 5;

/** What the service answers to requests about uploads and jobs that cannot be fulfilled, with real folders. */
export async function recordJobProblems(classifier: Classifier) {
  const withRoom = await appWithJobs(classifier, { webhookSecrets: [WEBHOOK_SECRET] });
  const withoutRoom = await appWithJobs(classifier, NO_ROOM);
  const { get, post } = withRoom;
  try {
    return {
      upload_invalid: await post('/uploads', { bytes: 0 }),
      upload_too_large: await post('/uploads', { bytes: 25_000_000, content_type: 'image/jpeg' }),
      upload_storage_full: await withoutRoom.post('/uploads', { bytes: 7_340_032 }),
      upload_not_found: await post('/predict', { upload_id: UPLOAD_ID }),
      job_invalid: await post('/jobs', { inputs: INPUTS, source: 's3://photos/2026/' }),
      job_too_large: await post('/jobs', { inputs: INPUTS }, { 'content-length': '3000000' }),
      job_webhook_not_allowed: await post('/jobs', { inputs: INPUTS, webhook: 'https://10.0.0.1/hook' }),
      job_storage_full: await withoutRoom.post('/jobs', { inputs: INPUTS }),
      source_not_allowed: await post('/jobs', { source: 's3://photos/2026/' }),
      idempotency_key_reused: await reusedKey(withRoom),
      job_not_found: await get(JOB_PATH),
      job_query_invalid: await get(`${JOB_PATH}?top_k=1`),
      results_query_invalid: await get(`${JOB_PATH}/results?part=0`),
      results_not_ready: await resultsOfRunningJob(withRoom),
    };
  } finally {
    await Promise.all([withRoom.close(), withoutRoom.close()]);
  }
}

interface JobsApp {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  close(): Promise<void>;
}

async function appWithJobs(classifier: Classifier, settings: Partial<FolderJobSettings>): Promise<JobsApp> {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
  const jobs = silentJobs({ folder, classifier, fetchUrl: untilAborted, settings });
  const app = silentApp({ classifier: Promise.resolve(classifier), jobs: jobs.open });
  return {
    get: async (path) => (await app.request(path, {}, {})).json(),
    async post(path, body, headers = {}) {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      };
      return (await app.request(path, init, {})).json();
    },
    async close() {
      await jobs.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function reusedKey({ post }: JobsApp): Promise<unknown> {
  const key = { 'idempotency-key': 'photos-2026' };
  await post('/jobs', { inputs: INPUTS }, key);
  return post('/jobs', { inputs: INPUTS, top_k: 1 }, key);
}

/** Its only image never comes. */
async function resultsOfRunningJob({ get, post }: JobsApp): Promise<unknown> {
  const { job_id: id } = (await post('/jobs', { inputs: INPUTS })) as { readonly job_id: string };
  const status = async () => ((await get(`/jobs/${id}`)) as { readonly status: string }).status;
  while ((await status()) === 'queued') await delay(POLL_MS);
  return get(`/jobs/${id}/results`);
}
