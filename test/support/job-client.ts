import { setTimeout as delay } from 'node:timers/promises';

export interface JobBody {
  readonly job_id: string;
  readonly status: string;
  readonly counts: { readonly total: number; readonly succeeded: number; readonly failed: number };
}

export interface ResultBody {
  readonly index: number;
  readonly predictions?: readonly { readonly label: string }[];
  readonly problem?: { readonly code: string };
}

const POLL_MS = 50;

/** The few requests that a client of uploads and jobs sends. They throw an Error with the problem of a refusal. */
export function jobClient(url: string) {
  async function send(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(new URL(path, `${url}/`), {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
  const sendJson = async <Body>(method: string, path: string, body?: object): Promise<Body> =>
    (await send(method, path, body)).json() as Promise<Body>;

  return {
    /** @returns the id of the upload. */
    async upload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
      const target = await sendJson<{ upload_id: string; url: string; headers: Record<string, string> }>(
        'POST',
        'uploads',
        { bytes: bytes.byteLength },
      );
      const sent = await fetch(target.url, { method: 'PUT', headers: target.headers, body: bytes });
      if (!sent.ok) throw new Error(`PUT: ${sent.status} ${await sent.text()}`);
      return target.upload_id;
    },
    createJob: (uploads: readonly string[]): Promise<JobBody> =>
      sendJson('POST', 'jobs', { inputs: uploads.map((upload_id) => ({ upload_id })), top_k: 1 }),
    /** Waits for the end of a job. */
    async ended(id: string): Promise<JobBody> {
      for (;;) {
        const job = await sendJson<JobBody>('GET', `jobs/${id}`);
        if (!['queued', 'running'].includes(job.status)) return job;
        await delay(POLL_MS);
      }
    },
    async results(id: string): Promise<readonly ResultBody[]> {
      const text = await (await send('GET', `jobs/${id}/results`)).text();
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    },
  };
}
