import { expect, it } from 'vitest';
import { readFacts } from '../../../../../scripts/lib/model/onnx/facts.ts';
import { readRepositoryFile } from '../../../../support/model.ts';
import { classifierGraph } from '../import/graphs.ts';

it('reads the precision, and the files that hold tensors', () => {
  expect(readFacts(classifierGraph())).toEqual({ dataFiles: [], precision: 'fp32' });
  expect(readFacts(classifierGraph({ halfWeights: true })).precision).toBe('fp16');
  expect(readFacts(classifierGraph({ dataFiles: ['a', 'b'] })).dataFiles).toEqual(['a', 'b']);
  expect(readFacts(classifierGraph({ dataFiles: ['a', 'a'] })).dataFiles).toEqual(['a']);
});

it.each(['resnet50-int8-blocks.onnx', 'resnet50-int8-optimised.onnx'])('reads the bundled %s', (name) => {
  const model = readRepositoryFile(`models/resnet50/${name}`);
  expect(readFacts(model)).toEqual({ dataFiles: ['resnet50-int8.onnx'], precision: 'int8' });
});

it('refuses other bytes, and a model that ends too early', () => {
  const model = classifierGraph();
  expect(() => readFacts(readRepositoryFile('README.md'))).toThrow('expected an ONNX model');
  for (let length = 1; length < model.length; length += 7) {
    const part = model.subarray(0, length);
    // A part may be a message by chance. If not, the error is one of ours.
    try {
      readFacts(part);
    } catch (error) {
      expect(String(error)).toMatch(/^Error: expected an ONNX model, /);
    }
  }
});
