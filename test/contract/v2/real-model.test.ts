import { beforeAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../../lambda/images/decode.ts';
import { inspectImage } from '../../../lambda/images/inspect.ts';
import { type Classifier, loadClassifier } from '../../../lambda/model/classifier.ts';
import { normalisationTables } from '../../../lambda/prediction/tensor/normalisation.ts';
import { planes } from '../../../lambda/prediction/tensor/planes.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { MODEL_DIR, readRepositoryFile } from '../../support/model.ts';
import { byteStrings, floatBytes, floatsOf, inferInit, send } from './support.ts';

const PHOTOS = ['examples/cat.jpg', 'examples/espresso.jpg'].map(readRepositoryFile);
const SIDE = 224;

let classifier: Classifier;
let service: TestApp;
beforeAll(async () => {
  classifier = await loadClassifier(MODEL_DIR, { threads: 1 });
  service = testApp({ classifier: Promise.resolve(classifier) });
});

/** What `/predict` gives to all classes, by index. */
async function predicted(photo: Uint8Array<ArrayBuffer>): Promise<Float64Array> {
  const response = await service.request('/predict?top_k=1000', { method: 'POST', body: photo });
  const { predictions } = (await response.json()) as {
    predictions: readonly { readonly index: number; readonly probability: number }[];
  };
  const probabilities = new Float64Array(1000);
  for (const { index, probability } of predictions) probabilities[index] = probability;
  return probabilities;
}

function expectClose(values: Float32Array, expected: Float64Array): void {
  expect(values.length).toBe(expected.length);
  const differences = Array.from(values, (value, index) => Math.abs(value - (expected[index] as number)));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
}

describe('the photo model gives the probabilities of /predict', () => {
  test('for a batch in binary', async () => {
    const bytes = byteStrings(...PHOTOS);
    const answer = await send(
      service,
      '/v2/models/resnet50-image/infer',
      inferInit(
        {
          inputs: [
            { name: 'image', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: bytes.length } },
          ],
          parameters: { binary_data_output: true },
        },
        bytes,
      ),
    );
    const values = floatsOf(answer.binary);
    for (const [index, photo] of PHOTOS.entries()) {
      expectClose(values.subarray(index * 1000, (index + 1) * 1000), await predicted(photo));
    }
  });

  test('for a photo in JSON, with its class', async () => {
    const [cat] = PHOTOS as [Uint8Array<ArrayBuffer>];
    const data = [Buffer.from(cat).toString('base64')];
    const request = { inputs: [{ name: 'image', datatype: 'BYTES', shape: [1], data }] };
    const plain = await send(service, '/v2/models/resnet50-image/infer', inferInit(request));
    const [output] = plain.json['outputs'] as { data: number[] }[];
    expectClose(Float32Array.from(output?.data ?? []), await predicted(cat));
    const outputs = [{ name: 'probabilities', parameters: { classification: 1 } }];
    const named = await send(service, '/v2/models/resnet50-image/infer', inferInit({ ...request, outputs }));
    expect(named.json['outputs']).toMatchObject([
      { data: [expect.stringMatching(/^0\.\d+:285:Egyptian cat$/)] },
    ]);
  });
});

/** The crop of a photo as a client normalises it: CHW. */
async function normalised(photo: Uint8Array): Promise<Float32Array> {
  const limits = { maxImageBytes: 1e9, maxPixels: 1e9, maxSide: 1e6, maxDecodeBytes: 1e9 };
  const { preprocessing } = classifier.manifest;
  const image = await decodeImage(await inspectImage(photo, preprocessing, limits, (_bytes, work) => work()));
  const values = new Float32Array(3 * SIDE * SIDE);
  planes(SIDE).writePixels(image, normalisationTables(preprocessing), values);
  return values;
}

describe('the tensor model gives the logits that the service computes of the same photo', () => {
  const shape = [2, 3, SIDE, SIDE];

  test.each(['binary', 'JSON'])('in %s, to the last bit', async (how) => {
    const tensors = await Promise.all(PHOTOS.map(normalised));
    const both = Float32Array.from(tensors.flatMap((tensor) => [...tensor]));
    const input = { name: 'input', datatype: 'FP32', shape };
    const parameters = { binary_data_output: how === 'binary' };
    const init =
      how === 'binary'
        ? inferInit(
            { inputs: [{ ...input, parameters: { binary_data_size: both.byteLength } }], parameters },
            floatBytes(both),
          )
        : inferInit({ inputs: [{ ...input, data: [...both] }], parameters });
    const answer = await send(service, '/v2/models/resnet50/infer', init);
    const [output] = answer.json['outputs'] as { data?: number[] }[];
    const logits = output?.data ? Float32Array.from(output.data) : floatsOf(answer.binary);

    for (const [index, photo] of PHOTOS.entries()) {
      const row = logits.subarray(index * 1000, (index + 1) * 1000);
      const probabilities = await predicted(photo);
      expect([...classifier.probabilities(row)]).toEqual([...probabilities]);
    }
  });
});
