import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../../lambda/http/gateway.ts';
import { testApp } from '../../support/app.ts';
import { lambdaContext, restEvent } from '../../support/lambda-events.ts';
import { type FakeRun, fakeClassifier } from '../../support/model.ts';
import { floatBytes, floatsOf, inferInit, protocolAnswer, send } from './support.ts';

const INFER = '/v2/models/fake/infer';
const VALUES = 3 * 224 * 224;
const CODINGS = [
  ['gzip', gzipSync, gunzipSync],
  ['deflate', deflateSync, inflateSync],
] as const;

/** Images whose pixels have few different values, as those of photos have. */
const tensor = (count: number) =>
  Float32Array.from({ length: count * VALUES }, (_, index) => ((index * index) % 251) / 8);

function tensorInit(count: number, changes: object = {}) {
  const bytes = floatBytes(tensor(count));
  const parameters = { binary_data_size: bytes.length };
  const input = { name: 'input', datatype: 'FP32', shape: [count, 3, 224, 224], parameters };
  const { body, headers } = inferInit({ inputs: [input], ...changes }, bytes);
  return { body: body as Buffer, headers: headers as Record<string, string> };
}

function compressed(
  { body, headers }: ReturnType<typeof tensorInit>,
  coding: string,
  compress: (body: Buffer) => Buffer,
) {
  const sent = compress(body);
  return {
    body: sent,
    headers: { ...headers, 'content-length': String(sent.length), 'content-encoding': coding },
  };
}

function serviceWithRuns(environment = {}) {
  const runs: FakeRun[] = [];
  const classifier = fakeClassifier(({ images, ...run }) => {
    runs.push({ images: images.slice(), ...run });
  });
  return { runs, ...testApp({ classifier: Promise.resolve(classifier) }, environment) };
}

describe.each(CODINGS)('%s', (coding, compress, decompress) => {
  test('a compressed body gives the model the same tensor', async () => {
    const { runs, ...service } = serviceWithRuns();
    const init = compressed(tensorInit(2), coding, compress);
    expect(await send(service, INFER, { method: 'POST', ...init })).toMatchObject({ status: 200 });
    expect(runs).toHaveLength(1);
    const { images } = runs[0] as FakeRun;
    expect(Buffer.compare(floatBytes(images as Float32Array), floatBytes(tensor(2)))).toBe(0);
  });

  test.each([true, false])(
    'an answer is compressed for a client that asks, binary: %s',
    async (binary_data_output) => {
      const { headers, ...init } = tensorInit(1, { parameters: { binary_data_output } });
      const plain = await testApp().request(INFER, { method: 'POST', headers, ...init });
      const answer = await testApp().request(INFER, {
        method: 'POST',
        headers: { ...headers, 'accept-encoding': coding },
        ...init,
      });
      expect(answer.headers.get('content-encoding')).toBe(coding);
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
      for (const name of ['content-type', 'inference-header-content-length']) {
        expect(answer.headers.get(name)).toBe(plain.headers.get(name));
      }
      const expected = await plain.bytes();
      expect(Buffer.compare(decompress(await answer.bytes()), expected)).toBe(0);
    },
  );

  test('both go through API Gateway and Lambda', async () => {
    const { app } = testApp();
    const { body, headers } = compressed(
      tensorInit(1, { parameters: { binary_data_output: true } }),
      coding,
      compress,
    );
    const result = await gatewayHandler(app)(
      restEvent({ method: 'POST', path: INFER, headers: { ...headers, 'accept-encoding': coding }, body }),
      lambdaContext,
    );
    expect(result).toMatchObject({
      statusCode: 200,
      isBase64Encoded: true,
      headers: { 'content-encoding': coding },
    });
    const answer = await protocolAnswer(
      new Response(new Uint8Array(decompress(Buffer.from(result.body, 'base64'))), {
        headers: result.headers as Record<string, string>,
      }),
    );
    expect(floatsOf(answer.binary)).toHaveLength(1000);
  });
});

test('only answers of inference are compressed: tritonclient reads no others', async () => {
  for (const path of ['/v2', '/v2/models/fake', '/v2/models/fake/config', '/v2/models/fake/stats']) {
    const answer = await testApp().request(path, { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers.get('content-encoding'), path).toBeNull();
  }
});

test('an unknown compression is a 415 that says which are known', async () => {
  const answer = await send(testApp(), INFER, {
    method: 'POST',
    body: 'x',
    headers: { 'content-length': '1', 'content-encoding': 'br' },
  });
  expect(answer).toMatchObject({
    status: 415,
    json: { error: 'Expected a body with Content-Encoding gzip or deflate, or without one, got br.' },
  });
  expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate');
});

/** docs/inference-protocol.md has these numbers. */
describe('images of a request through API Gateway', () => {
  /** docs.aws.amazon.com/lambda, "Lambda quotas": a synchronous invocation payload of 6 MB. */
  const MAX_EVENT_BYTES = 6 * 2 ** 20;
  /** Headers that CloudFront, API Gateway and clients add, which a test event does not have. */
  const OTHER_BYTES = 8 * 1024;

  async function sendThrough(init: { body: Buffer; headers: Record<string, string> }) {
    const { runs, app } = serviceWithRuns({ AWS_LAMBDA_FUNCTION_NAME: 'f' });
    const event = restEvent({ method: 'POST', path: INFER, ...init });
    const fits = JSON.stringify(event).length + OTHER_BYTES <= MAX_EVENT_BYTES;
    const { statusCode } = await gatewayHandler(app)(event, lambdaContext);
    const classified = runs.reduce((sum, { count }) => sum + count, 0);
    return { fits, statusCode, classified };
  }

  test.each([
    [7, { fits: true, statusCode: 200, classified: 7 }],
    [8, { fits: false }],
  ])('%i as they are', async (count, expected) => {
    expect(await sendThrough(tensorInit(count))).toMatchObject(expected);
  });

  test.each([
    [9, { fits: true, statusCode: 200, classified: 9 }],
    [10, { fits: true, statusCode: 413, classified: 0 }],
  ])('%i in gzip', async (count, expected) => {
    expect(await sendThrough(compressed(tensorInit(count), 'gzip', gzipSync))).toEqual(expected);
  });
});
