import { expect, test } from 'vitest';
import { type CapturedImage, objectOf } from '../../../lambda/capture/object.ts';

const image: CapturedImage = {
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  index: undefined,
  bytes: Uint8Array.of(1),
  format: 'webp',
  model: { name: 'resnet50', version: '1.0.0' },
  top: { index: 285, probability: 0.880_049_9 },
};
const now = new Date('2026-11-27T23:59:59.999Z');

test('an object has the day and the request id in its name, and the result in its metadata', () => {
  expect(objectOf(image, now)).toEqual({
    key: 'captures/2026/11/27/c6af9ac6-7b61-11e6-9a41-93e8deadbeef.webp',
    headers: {
      'content-type': 'image/webp',
      'if-none-match': '*',
      'x-amz-meta-model': 'resnet50',
      'x-amz-meta-model-version': '1.0.0',
      'x-amz-meta-top1-index': '285',
      'x-amz-meta-top1-probability': '0.8800',
    },
  });
});

test('an image of a batch has its index too', () => {
  expect(objectOf({ ...image, requestId: 'batch-id', index: 0 }, now).key).toBe(
    'captures/2026/11/27/batch-id-0.webp',
  );
});

test.each(['../../../other', 'a/b+c=', 'a:b c', '..'])(
  'the id %j cannot leave the folder of the day',
  (id) => {
    const { key } = objectOf({ ...image, requestId: id }, now);
    expect(key).toMatch(/^captures\/2026\/11\/27\/[\w.-]+\.webp$/);
    expect(new URL(key, 'https://s3.example/').pathname).toBe(`/${key}`);
  },
);

test('the name of a model may have any characters', () => {
  const { headers } = objectOf({ ...image, model: { name: 'modèle\n', version: '1.0.0+β' } }, now);
  expect(() => new Headers(headers)).not.toThrow();
  expect(decodeURIComponent(headers['x-amz-meta-model'] ?? '')).toBe('modèle\n');
});
