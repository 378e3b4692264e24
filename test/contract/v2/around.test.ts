import { expect, test } from 'vitest';
import type { CapturedImage } from '../../../lambda/capture/capture.ts';
import { gatewayHandler } from '../../../lambda/http/gateway.ts';
import { testApp } from '../../support/app.ts';
import { httpEvent, lambdaContext, restEvent } from '../../support/lambda-events.ts';
import { readRepositoryFile } from '../../support/model.ts';
import { byteStrings, floatsOf, inferInit, send } from './support.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const PHOTOS = '/v2/models/fake-image/infer';
const photos = byteStrings(cat, cat);
const init = inferInit(
  {
    inputs: [
      { name: 'image', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: photos.length } },
    ],
    parameters: { binary_data_output: true },
  },
  photos,
);

test.each([
  ['a REST API', restEvent],
  ['an HTTP API', httpEvent],
])('binary data passes through the events of %s', async (_which, eventOf) => {
  const event = eventOf({
    method: 'POST',
    path: PHOTOS,
    body: init.body as Uint8Array<ArrayBuffer>,
    headers: init.headers as Record<string, string>,
  });
  const result = await gatewayHandler(testApp().app)(event, lambdaContext);
  expect(result).toMatchObject({
    statusCode: 200,
    isBase64Encoded: true,
    headers: { 'content-type': 'application/octet-stream' },
  });
  const body = Buffer.from(result.body, 'base64');
  const length = Number(result.headers?.['inference-header-content-length']);
  expect(JSON.parse(body.toString('utf8', 0, length))).toMatchObject({ outputs: [{ shape: [2, 1000] }] });
  expect(floatsOf(body.subarray(length))).toHaveLength(2000);
});

test('photos are offered to the capture, unless the request forbids it', async () => {
  const offered: CapturedImage[] = [];
  const service = testApp({ capture: { offer: (image) => offered.push(image), finish: async () => {} } });
  await send(service, PHOTOS, init);
  expect(offered).toMatchObject([
    { index: 0, format: 'jpeg', model: { name: 'fake', version: '9.9.9' }, top: { index: 7 } },
    { index: 1, format: 'jpeg' },
  ]);
  await send(service, PHOTOS, { ...init, headers: { ...init.headers, 'x-no-capture': '1' } });
  expect(offered).toHaveLength(2);
});
