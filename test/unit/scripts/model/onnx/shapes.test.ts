import { expect, it } from 'vitest';
import { InferenceSession } from '../../../../../lambda/model/onnxruntime.ts';
import { type Dimension, declareShapes } from '../../../../../scripts/lib/model/onnx/shapes.ts';
import { classifierGraph } from '../import/graphs.ts';

const declare = (model: Buffer, shapes: Readonly<Record<string, readonly Dimension[]>>) =>
  Buffer.concat(declareShapes(model, new Map(Object.entries(shapes))));

it('declares other shapes', async () => {
  const open = classifierGraph({ shape: ['n', '', '', ''], outputShape: ['n', 'classes'] });
  const session = await InferenceSession.create(
    declare(open, { image: ['n', 3, 300, 300], logits: ['n', 5] }),
  );
  expect(session.inputMetadata).toMatchObject([{ name: 'image', shape: ['n', 3, 300, 300] }]);
  expect(session.outputMetadata).toMatchObject([{ name: 'logits', shape: ['n', 5] }]);
  await session.release();
});

it('leaves all other bytes as they are', () => {
  const [open, fixed] = [
    classifierGraph({ shape: ['n', 3, 'h', 'w'] }),
    classifierGraph({ shape: ['n', 3, 8, 8] }),
  ];
  expect(declare(open, { image: ['n', 3, 8, 8] })).toEqual(fixed);
  expect(declare(fixed, { image: ['n', 3, 'h', 'w'] })).toEqual(open);
  expect(declare(open, { other: [1] })).toEqual(open);
});
