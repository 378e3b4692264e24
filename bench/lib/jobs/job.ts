import { setTimeout as delay } from 'node:timers/promises';
import { isFinal } from '../../../lambda/jobs/engine.ts';
import { createJobApi, type JobApi } from '../../../scripts/lib/classify/remote/api.ts';
import { FEW_TRIES } from '../../../scripts/lib/classify/remote/send.ts';
import { NO_CREDENTIALS } from '../../../scripts/lib/credentials/credentials.ts';

const POLL_MS = 25;
let jobs = 0;

/** The uploads and jobs of a server on this machine. */
export function connectJobs(url: string) {
  const service = { url: `${url}/`, credentials: NO_CREDENTIALS, stage: undefined };
  const api = createJobApi(service, { stop: new AbortController().signal, maxTries: FEW_TRIES });
  const start = async (uploads: readonly string[]): Promise<string> => {
    jobs += 1;
    const inputs = uploads.map((upload_id) => ({ upload_id }));
    return (await api.createJob({ inputs }, `bench-${process.pid}-${jobs}`)).job_id;
  };
  return {
    upload: (photo: Buffer): Promise<string> => send(api, Uint8Array.from(photo)),
    /** Runs a job to its end. @throws Error unless every photo was classified. */
    async run(uploads: readonly string[]): Promise<void> {
      const id = await start(uploads);
      for (;;) {
        const { status, counts } = await api.job(id);
        if (isFinal(status)) {
          if (counts.succeeded === uploads.length) return;
          throw new Error(
            `Expected ${uploads.length} predictions of the job, got ${counts.succeeded}: ${status}`,
          );
        }
        await delay(POLL_MS);
      }
    },
    /** A job that runs until the end of the scope. @throws Error then if it has ended before. */
    async running(uploads: readonly string[]): Promise<AsyncDisposable> {
      const id = await start(uploads);
      return {
        async [Symbol.asyncDispose]() {
          const { status } = await api.job(id);
          await api.cancel(id);
          if (isFinal(status)) throw new Error('Expected a job that runs for longer than the measurement');
        },
      };
    },
  };
}

async function send(api: JobApi, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const target = await api.createUpload(bytes.byteLength);
  await api.sendFile(target, bytes);
  return target.upload_id;
}
