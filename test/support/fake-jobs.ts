import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ServiceError } from '../../lambda/errors.ts';
import { problemBody } from '../../lambda/http/problem.ts';
import type { JobStatus } from '../../lambda/jobs/engine.ts';

export interface FakeRequest {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface FakeJob {
  readonly key: string;
  readonly body: string;
  readonly inputs: readonly { readonly upload_id: string }[];
  status: JobStatus;
}

const MODEL = { name: 'fake', version: '9.9.9' };
const LABELS = ['cat', 'dog', 'espresso'];

/** What the fake makes of the bytes of a photo. Photos that end with `bad` cannot be decoded. */
export function fakeAnswer(bytes: Buffer, topK: number): object {
  if (bytes.toString('latin1').endsWith('bad')) {
    return { problem: problemBody(new ServiceError('invalid_image', 'Expected an image, got half of one.')) };
  }
  const first = createHash('sha256').update(bytes).digest()[0] as number;
  const predictions = LABELS.map((_, rank) => {
    const index = (first + rank) % LABELS.length;
    return {
      rank: rank + 1,
      index,
      wnid: `n0000000${index}`,
      label: LABELS[index],
      probability: 0.5 / (rank + 1),
    };
  });
  return {
    predictions: predictions.slice(0, topK),
    image: { format: 'jpeg', width: 2, height: 1, bytes: bytes.length },
  };
}

/**
 * A service with uploads and jobs that can be made to fail. Its jobs end when they are asked for the first time after
 * `release`.
 *
 * @param intercept answers a request in the place of the service, or does not.
 */
export async function startFakeJobs(
  intercept: (request: FakeRequest) => FakeAnswer | undefined = () => undefined,
) {
  const uploads = new Map<string, Buffer | undefined>();
  const jobs = new Map<string, FakeJob>();
  const requests: FakeRequest[] = [];
  let isReleased = true;
  let base = '';

  const jobAnswer = (id: string, { status, inputs }: FakeJob) => {
    const total = inputs.length;
    const succeeded = status === 'succeeded' ? total : 0;
    const isOver = status === 'succeeded' || status === 'cancelled';
    return {
      job_id: id,
      status,
      counts: { total, succeeded, failed: 0, pending: total - succeeded },
      created_at: new Date().toISOString(),
      started_at: null,
      finished_at: null,
      ...(isOver
        ? { results: { url: `${base}jobs/${id}/results`, parts: 1, expires_at: new Date().toISOString() } }
        : {}),
    };
  };

  function create({ headers, body }: FakeRequest): FakeAnswer {
    const key = String(headers['idempotency-key']);
    const text = body.toString();
    const [known] = [...jobs].filter(([, job]) => job.key === key);
    if (known) {
      return known[1].body === text
        ? { status: 202, body: jobAnswer(...known) }
        : problem('idempotency_key_reused');
    }
    const { inputs } = JSON.parse(text);
    if (inputs.some(({ upload_id }: { upload_id: string }) => !uploads.get(upload_id)))
      return problem('upload_not_found');
    const id = `job_${randomBytes(16).toString('hex')}`;
    const job: FakeJob = { key, body: text, inputs, status: 'running' };
    jobs.set(id, job);
    return { status: 202, body: jobAnswer(id, job) };
  }

  function results({ body, inputs, status }: FakeJob): string {
    const { top_k: topK } = JSON.parse(body);
    const done = status === 'succeeded' ? inputs : inputs.slice(0, Math.floor(inputs.length / 2));
    return done
      .map((input, index) => {
        const answer = fakeAnswer(uploads.get(input.upload_id) as Buffer, topK);
        return `${JSON.stringify({ index, input, model: MODEL, ...answer })}\n`;
      })
      .join('');
  }

  function answer(request: FakeRequest): FakeAnswer {
    const { method, path, body } = request;
    if (path === '/models') return { status: 200, body: { models: [{ ...MODEL, state: 'ready' }] } };
    if (path === '/models/fake%409.9.9') {
      return { status: 200, body: { ...MODEL, sha256: 'a'.repeat(64), output: { shape: [null, 3] } } };
    }
    if (method === 'POST' && path === '/uploads') {
      const id = `upl_${randomBytes(16).toString('hex')}`;
      uploads.set(id, undefined);
      return {
        status: 201,
        body: { upload_id: id, method: 'PUT', url: `${base}uploads/${id}`, headers: { 'x-sent': 'yes' } },
      };
    }
    const [, kind, id = ''] = path.split('/');
    if (method === 'PUT' && uploads.has(id)) {
      uploads.set(id, body);
      return { status: 204 };
    }
    if (method === 'POST' && path === '/jobs') return create(request);
    const job = jobs.get(id);
    if (kind !== 'jobs' || !job) return problem(kind === 'jobs' ? 'job_not_found' : 'not_found');
    if (method === 'DELETE') job.status = 'cancelled';
    if (path.endsWith('/results')) return { status: 303, headers: { location: `${base}files/${id}` } };
    if (job.status === 'running' && isReleased) job.status = 'succeeded';
    return { status: 200, headers: { 'retry-after': '0' }, body: jobAnswer(id, job) };
  }

  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url.split('?')[0] ?? '', headers, body: await buffer(incoming) };
    requests.push(request);
    const file = jobs.get(/^\/files\/(.+)$/.exec(request.path)?.[1] ?? '');
    if (file) {
      outgoing.end(results(file));
      return;
    }
    const { status, headers: sent = {}, body } = intercept(request) ?? answer(request);
    outgoing.writeHead(status, { 'content-type': 'application/json', ...sent });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  return {
    url: base,
    jobs,
    uploads,
    /** Requests so far with this method and a path that begins so. */
    count: (method: string, path: string) =>
      requests.filter((request) => request.method === method && request.path.startsWith(path)).length,
    requests: requests as readonly FakeRequest[],
    /** Whether jobs end. */
    release(released: boolean) {
      isReleased = released;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function problem(code: ConstructorParameters<typeof ServiceError>[0]): FakeAnswer {
  const error = new ServiceError(code, 'Because the test says so.');
  return { status: error.status, body: { ...problemBody(error), request_id: 'r' } };
}
