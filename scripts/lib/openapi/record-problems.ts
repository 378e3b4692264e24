import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { createUrlFetcher } from '../../../lambda/fetch/fetch.ts';
import type { ProblemName } from '../../../lambda/http/openapi/examples.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import { gatewayProblems } from '../../../lib/constructs/api/gateway-problems.ts';
import type { AuthKind } from '../../../lib/settings/auth.ts';
import { type Changes, silentApp } from './app.ts';
import { recordJobProblems } from './record-job-problems.ts';
import { recordRefusals } from './record-refusals.ts';
import { untilAborted } from './until-aborted.ts';

const URL_SETTINGS = { accept: 'image/*', allowHttp: false, maxBytes: 20_000_000, maxRedirects: 3 };
/** Of answers of API Gateway, which are not recorded from a running service. */
const REQUEST_ID = '3f1d7a52-6c0e-4b6f-9a34-1d2f5b8c7e90';
/** Long enough for a busy machine, where a request could miss a shorter timeout for another reason. */
const SHORT_TIMEOUT_MS = 500;

const never = () => new Promise<never>(() => {});
/** For each problem in the document, the answer to a request that causes it. */
export async function recordProblems(classifier: Classifier): Promise<Record<ProblemName, unknown>> {
  const cat = await readFile(new URL('../../../examples/cat.jpg', import.meta.url));
  const base64 = cat.toString('base64');

  async function problem(
    path: string,
    init: RequestInit,
    { remainingMs, ...changes }: Changes & { readonly remainingMs?: number } = {},
  ): Promise<unknown> {
    const app = silentApp({ classifier: Promise.resolve(classifier), ...changes });
    const env = remainingMs === undefined ? {} : { remainingMs };
    return (await app.request(path, init, env)).json();
  }
  const post = (body: Uint8Array | string): RequestInit => ({
    method: 'POST',
    body: body as RequestInit['body'] & {},
  });
  const json = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const url = (address: string) => json({ url: address });
  const fetcher = (resolve: () => Promise<readonly never[]>) =>
    createUrlFetcher(
      { ...URL_SETTINGS, totalTimeoutMs: 2 * SHORT_TIMEOUT_MS, idleTimeoutMs: SHORT_TIMEOUT_MS },
      { resolve },
    );

  return {
    ...(await recordRefusals(silentApp())),
    invalid_request: await problem('/predict?top_k=0', post(cat)),
    model_not_found: await problem('/predict?model=alexnet', post(cat)),
    unsupported_by_model: await problem('/predict?explain=true', post(cat), {
      classifier: Promise.resolve(withoutExtras(classifier)),
    }),
    image_too_large: await problem('/predict', {
      ...post(cat),
      headers: { 'content-length': '25000000' },
    }),
    unsupported_media_type: await problem('/predict', post('%PDF-1.7\n')),
    invalid_image: await problem('/predict', post(cat.subarray(0, cat.byteLength / 2))),
    too_many_pixels: await problem('/predict', post(await flat(9000, 6000).png().toBuffer())),
    batch_too_many_pixels: await problem('/predict/batch', json({ images: [base64, base64] }), {
      limits: { maxBatchPixels: 200_000 },
    }),
    decode_too_costly: await problem(
      '/predict',
      post(await flat(6000, 4000).jpeg({ progressive: true }).toBuffer()),
      { limits: { maxDecodeBytes: 64 * 2 ** 20 } },
    ),
    url_not_allowed: await problem('/predict/url', url('https://10.0.0.1/cat.jpg'), {
      fetchUrl: fetcher(never),
    }),
    url_fetch_failed: await problem('/predict/url', url('https://example.com/cat.jpg'), {
      fetchUrl: fetcher(async () => []),
    }),
    url_timeout: await problem('/predict/url', url('https://example.com/cat.jpg'), {
      fetchUrl: fetcher(never),
    }),
    deadline_exceeded: await problem('/predict/url', url('https://example.com/cat.jpg'), {
      fetchUrl: untilAborted,
      remainingMs: SHORT_TIMEOUT_MS,
    }),
    internal: await problem('/predict/url', url('https://example.com/cat.jpg'), {
      fetchUrl: () => Promise.reject(new Error('unexpected')),
    }),
    not_ready: await (await silentApp().request('/ready', {}, {})).json(),
    overloaded: await overloaded(classifier),
    ...(await recordJobProblems(classifier)),
    jobs_off: await problem('/jobs', json({})),
    unauthorized: ofGateway('UNAUTHORIZED', 'jwt'),
    forbidden: ofGateway('INVALID_API_KEY'),
    blocked: ofGateway('WAF_FILTERED'),
    key_refused: ofGateway('INVALID_API_KEY'),
    signature_refused: ofGateway('MISSING_AUTHENTICATION_TOKEN', 'iam'),
    token_refused: ofGateway('ACCESS_DENIED', 'jwt'),
    rate_limited: ofGateway('THROTTLED'),
    gateway_timeout: ofGateway('INTEGRATION_TIMEOUT'),
  };
}

/** A model whose bundle has nothing but what every model needs. */
const withoutExtras = ({ manifest, ...classifier }: Classifier): Classifier => {
  const { embedding: _, activationMaps: __, ...needed } = manifest;
  return { ...classifier, manifest: needed, activationMapper: undefined };
};

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'white' } });

/** @param auth the kind of credentials with which API Gateway sends this response type. */
const ofGateway = (type: string, auth: AuthKind = 'api-key') => ({
  ...gatewayProblems(auth).get(type)?.body,
  request_id: REQUEST_ID,
});

/** The first refusal of many requests that do not end until they are aborted. */
async function overloaded(classifier: Classifier): Promise<unknown> {
  const client = new AbortController();
  const app = silentApp({ classifier: Promise.resolve(classifier), fetchUrl: untilAborted });
  const send = () =>
    app.request(
      new Request('http://localhost/predict/url', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url: 'https://example.com/cat.jpg' }),
        signal: client.signal,
      }),
      undefined,
      {},
    );
  const requests = Array.from({ length: 200 }, send);
  const refused = await Promise.any(
    requests.map(async (request) => {
      const response = await request;
      if (response.status !== 503) throw new Error(`expected 503, got ${response.status}`);
      return response.json();
    }),
  );
  client.abort();
  await Promise.allSettled(requests);
  return refused;
}
