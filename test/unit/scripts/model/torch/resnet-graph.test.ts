import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { InferenceSession, Tensor } from '../../../../../lambda/model/onnxruntime.ts';
import { encodeOnnx } from '../../../../../scripts/lib/model/onnx/writer.ts';
import { buildResNet } from '../../../../../scripts/lib/model/torch/resnet-graph.ts';
import { readStateDict, type StateTensor } from '../../../../../scripts/lib/model/torch/state-dict.ts';

const fixture = (name: string) =>
  readFile(new URL(`../../../../fixtures/models/tiny/${name}`, import.meta.url));
const file = await fixture('tiny-resnet.pth');
const expected = await fixture('tiny-resnet.logits.f32');

/** The fixture's state dict with some tensors replaced, or removed if undefined. */
function stateWith(changes: Record<string, StateTensor | undefined>): Map<string, StateTensor> {
  const state = new Map(readStateDict(file));
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === undefined) state.delete(name);
    else state.set(name, tensor);
  }
  return state;
}

const zeros = (...shape: number[]): StateTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

describe('buildResNet and encodeOnnx', () => {
  it('make a model that computes what PyTorch computes, for any batch', async () => {
    const model = Buffer.concat(encodeOnnx(buildResNet(readStateDict(file))));
    const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
    expect(session.inputMetadata).toMatchObject([
      { name: 'input', type: 'float32', shape: ['N', 3, 224, 224] },
    ]);
    expect(session.outputMetadata).toMatchObject([{ name: 'logits', type: 'float32', shape: ['N', 1000] }]);

    // The input of make_tiny_resnet.py, then an image of zeros.
    const images = new Float32Array(2 * 3 * 224 * 224);
    for (let index = 0; index < images.length / 2; index += 1) {
      images[index] = ((index * 7919) % 1009) / 252.25 - 2;
    }
    const { logits } = await session.run({ input: new Tensor('float32', images, [2, 3, 224, 224]) });
    expect(logits?.dims).toEqual([2, 1000]);
    const scores = logits?.data as Float32Array;
    const differences = Array.from({ length: 1000 }, (_, index) =>
      Math.abs((scores[index] ?? Number.NaN) - expected.readFloatLE(index * 4)),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    await session.release();
  });

  it('make the same bytes again', () => {
    const [first, second] = [0, 1].map(() => Buffer.concat(encodeOnnx(buildResNet(readStateDict(file)))));
    expect(first).toEqual(second);
  });

  it('need no counters of training steps', () => {
    const counters = [...readStateDict(file).keys()].filter((name) => name.endsWith('num_batches_tracked'));
    expect(counters.length).toBeGreaterThan(0);
    const state = stateWith(Object.fromEntries(counters.map((name) => [name, undefined])));
    expect(buildResNet(state)).toEqual(buildResNet(readStateDict(file)));
  });

  it.each<[string, Record<string, StateTensor | undefined>, string]>([
    [
      'a missing tensor',
      { 'layer1.1.conv1.weight': undefined },
      'layer1.1.conv1.weight: expected float32 [any, 4, 1, 1], but the tensor is missing',
    ],
    [
      'a missing layer',
      { 'fc.weight': undefined },
      'fc.weight: expected float32 [any, 10], but the tensor is missing',
    ],
    [
      'another kernel',
      { 'layer2.0.conv2.weight': zeros(3, 3, 5, 5) },
      'layer2.0.conv2.weight: expected float32 [3, 3, 3, 3], got float32 [3, 3, 5, 5]',
    ],
    [
      'grouped convolutions',
      { 'layer3.0.conv2.weight': zeros(4, 2, 3, 3) },
      'layer3.0.conv2.weight: expected float32 [4, 4, 3, 3], got float32 [4, 2, 3, 3]',
    ],
    [
      'a shortcut of another width',
      { 'layer3.0.downsample.0.weight': zeros(9, 6, 1, 1) },
      'layer3.0.downsample.0.weight: expected float32 [8, 6, 1, 1], got float32 [9, 6, 1, 1]',
    ],
    [
      'a bias of another length',
      { 'fc.bias': zeros(999) },
      'fc.bias: expected float32 [1000], got float32 [999]',
    ],
    [
      'one dimension more',
      { 'fc.weight': zeros(1000, 10, 1) },
      'fc.weight: expected float32 [any, 10], got float32 [1000, 10, 1]',
    ],
    [
      'an empty tensor',
      { 'fc.weight': zeros(0, 10) },
      'fc.weight: expected float32 [any, 10], got float32 [0, 10]',
    ],
    [
      'whole numbers',
      { 'bn1.weight': { dtype: 'int64', shape: [3] } },
      'bn1.weight: expected float32 [3], got int64 [3]',
    ],
    [
      'a tensor of another architecture',
      { 'layer1.0.se.fc1.weight': zeros(1) },
      'layer1.0.se.fc1.weight: expected only tensors of a ResNet with bottleneck blocks',
    ],
  ])('refuse %s', (_, changes, message) => {
    expect(() => buildResNet(stateWith(changes))).toThrow(message);
  });
});
