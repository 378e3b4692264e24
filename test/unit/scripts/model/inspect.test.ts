import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../../../scripts/lib/model/inspect.ts';

const model = (name: string) =>
  fileURLToPath(new URL(`../../../fixtures/models/tiny/${name}`, import.meta.url));

describe('inspectModel', () => {
  it('reads names and shapes of an export with a fixed batch', async () => {
    expect(await inspectModel(model('tiny.onnx'), 8)).toEqual({
      input: { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [1, 3, 8, 8] },
      output: { name: 'logits', dtype: 'float32', shape: [1, 1000], kind: 'logits' },
    });
  });

  it('reads a free batch as null and a softmax as probabilities', async () => {
    expect(await inspectModel(model('tiny-free-batch.onnx'), 8)).toEqual({
      input: { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [null, 3, 8, 8] },
      output: { name: 'probabilities', dtype: 'float32', shape: [null, 1000], kind: 'probabilities' },
    });
  });

  it.each([
    ['tiny-ten-classes.onnx', 8, 'expected the output logits to be float32 [N, 1000], got float32 [1, 10]'],
    [
      'tiny-free-size.onnx',
      8,
      'expected the input image to be float32 [N, 3, 8, 8], got float32 [1, 3, h, w]',
    ],
    ['tiny.onnx', 224, 'expected the input image to be float32 [N, 3, 224, 224], got float32 [1, 3, 8, 8]'],
    ['README.md', 8, 'expected an ONNX model, but ONNX Runtime cannot load the file'],
  ])('refuses %s for a %i pixel crop', async (name, side, message) => {
    await expect(inspectModel(model(name), side)).rejects.toThrow(message);
  });
});
