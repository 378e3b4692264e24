import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InferenceSession, Tensor } from '../../../../../lambda/model/onnxruntime.ts';
import { operatorsOf } from '../../../../../scripts/lib/model/optimised/operators.ts';
import { optimise } from '../../../../../scripts/lib/model/optimised/optimise.ts';
import {
  type Extended,
  type ExtendRequest,
  extendModel,
} from '../../../../../scripts/lib/model/outputs/extend.ts';
import type { MissingTail } from '../../../../../scripts/lib/model/outputs/tail/tail.ts';
import {
  ACTIVATION_STEP,
  denseOf,
  float,
  integers,
  MAP_SIDE,
  PLAIN,
  random,
  SIDE,
  single,
  type TailForm,
  tailGraph,
} from './tail-graph.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outputs-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const extend = (
  model: Uint8Array,
  {
    classes = 5,
    batch = null,
    ...changes
  }: Partial<ExtendRequest> & { classes?: number; batch?: number | null } = {},
): Promise<Extended | MissingTail> =>
  extendModel({
    model,
    folder,
    isOptimised: false,
    input: { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [batch, 3, SIDE, SIDE] },
    output: { name: 'scores', dtype: 'float32', shape: [batch, classes], kind: 'logits' },
    fileOf: () => 'model.onnx',
    mapsFileOf: () => 'maps.onnx',
    ...changes,
  });

async function extended(...args: Parameters<typeof extend>): Promise<Extended> {
  const found = await extend(...args);
  if ('reason' in found) throw new Error(found.reason);
  await writeFile(join(folder, found.graph.file), found.graph.bytes);
  await writeFile(join(folder, found.maps.file), found.maps.bytes);
  return found;
}

async function run(
  model: string | Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  fetches?: string[],
): Promise<InferenceSession.OnnxValueMapType> {
  const options: InferenceSession.SessionOptions = { logSeverityLevel: 4 };
  const session = await (typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options));
  try {
    return await (fetches ? session.run(feeds, fetches) : session.run(feeds));
  } finally {
    await session.release();
  }
}

const imageOf = (seed: number, count = 1) =>
  new Tensor('float32', random(seed, count * 3 * SIDE * SIDE), [count, 3, SIDE, SIDE]);

/** Runs the extended model and the maps of all classes. */
async function runBoth({ embedding, activationMaps }: Extended, classes: number, seed: number) {
  const features = activationMaps.features.name;
  const found = await run(join(folder, 'model.onnx'), { image: imageOf(seed) });
  const { maps } = await run(join(folder, 'maps.onnx'), {
    features: found[features] as Tensor,
    classes: new Tensor(
      'int64',
      BigInt64Array.from({ length: classes }, (_, index) => BigInt(index)),
      [classes],
    ),
  });
  return {
    scores: found['scores']?.data as Float32Array,
    embedding: found[embedding.name] as Tensor,
    features: found[features] as Tensor,
    maps: maps as Tensor,
  };
}

const forms: fc.Arbitrary<TailForm> = fc
  .record({
    layout: fc.constantFrom('NCHW', 'NHWC'),
    pool: fc.constantFrom(
      'GlobalAveragePool',
      'AveragePool',
      'ReduceMean',
      'ReduceMean, negative axes',
      'ReduceMean, axes as input',
      'ReduceMean, no dimensions kept',
    ),
    flatten: fc.constantFrom('Flatten', 'Reshape', 'Squeeze', 'Dropout', 'Identity', 'Transpose'),
    dense: fc.constantFrom(
      'Gemm',
      'Gemm, transB',
      'MatMul',
      'MatMul and Add',
      'Add and MatMul',
      'Gemm, Transpose',
    ),
    quantized: fc.constantFrom('no', 'one scale', 'a scale for each class'),
    end: fc.constantFrom('none', 'Softmax'),
    channels: fc.integer({ min: 2, max: 7 }),
    classes: fc.integer({ min: 2, max: 9 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  } as const)
  // These two take NCHW only.
  .filter(({ layout, pool }) => layout === 'NCHW' || pool.startsWith('ReduceMean'));

describe('extendModel', { timeout: 60_000 }, () => {
  it('gives every form of tail its outputs, and maps whose mean plus the bias is the score', async () => {
    await fc.assert(
      fc.asyncProperty(forms, async (form) => {
        const { channels, classes, layout, quantized } = form;
        const model = tailGraph(form);
        const found = await extended(model, { classes });
        const dtype = quantized === 'no' ? 'float32' : 'uint8';
        const sizes = layout === 'NCHW' ? [channels, MAP_SIDE, MAP_SIDE] : [MAP_SIDE, MAP_SIDE, channels];
        expect(found.embedding).toMatchObject({ dtype, shape: [null, channels] });
        expect(found.activationMaps).toMatchObject({
          features: { dtype, shape: [null, ...sizes] },
          rows: MAP_SIDE,
          columns: MAP_SIDE,
        });

        const { scores, embedding, features, maps } = await runBoth(found, classes, form.seed);
        expect(embedding).toMatchObject({ type: dtype, dims: [1, channels] });
        expect(features).toMatchObject({ type: dtype, dims: [1, ...sizes] });
        expect(maps).toMatchObject({ type: 'float32', dims: [classes, MAP_SIDE, MAP_SIDE] });
        const before = await run(model, { image: imageOf(form.seed) });
        // ONNX Runtime may add numbers in another order if a graph has more outputs.
        for (const [index, score] of Array.from(before['scores']?.data as Float32Array).entries()) {
          expect(scores[index]).toBeCloseTo(score, 5);
        }

        const { weights, bias } = denseOf(form);
        const pixels = MAP_SIDE ** 2;
        const results = Array.from(scores, (score, index) => {
          const map = (maps.data as Float32Array).subarray(index * pixels, (index + 1) * pixels);
          const row = Array.from(
            { length: channels },
            (_, channel) => weights[channel * classes + index] ?? 0,
          );
          // The pooled values are at most 3.
          const size = row.reduce((sum, weight) => sum + Math.abs(weight), 0);
          const rounding = quantized === 'no' ? 0 : (ACTIVATION_STEP / 2) * size;
          return {
            found:
              map.reduce((sum, value) => sum + value, 0) / pixels +
              (form.dense === 'MatMul' ? 0 : (bias[index] ?? 0)),
            score: form.end === 'Softmax' ? Math.log(score) : score,
            tolerance: rounding * 1.001 + 1e-4 * (3 * size + 1),
          };
        });
        const [first] = form.end === 'Softmax' ? results : [];
        for (const { found: mean, score, tolerance } of results) {
          const difference = mean - (first?.found ?? 0) - (score - (first?.score ?? 0));
          expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance + (first ? first.tolerance + 1e-3 : 0));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('finds the tail that ONNX Runtime makes of a quantized one', async () => {
    const form: TailForm = { ...PLAIN, dense: 'Gemm, transB', quantized: 'a scale for each class' };
    await writeFile(join(folder, 'source.onnx'), tailGraph(form));
    const model = await optimise(join(folder, 'source.onnx'));
    expect(operatorsOf(model)).toEqual(
      expect.arrayContaining(['com.microsoft.QLinearGlobalAveragePool', 'com.microsoft.QGemm']),
    );
    const found = await extended(model, { isOptimised: true });
    expect(operatorsOf(found.graph.bytes)).toEqual(operatorsOf(model));
    expect(found.embedding).toMatchObject({
      dtype: 'uint8',
      shape: [null, 4],
      quantization: { scale: ACTIVATION_STEP, zeroPoint: 128 },
    });
    const { scores } = await runBoth(found, 5, 3);
    expect(scores).toEqual((await run(model, { image: imageOf(3) }))['scores']?.data);
  });

  it('adds bytes to the model and changes only the length of its graph', async () => {
    const model = tailGraph(PLAIN);
    const { graph } = await extended(model);
    const text = graph.bytes.toString('latin1');
    expect(text).toContain(model.subarray(8, model.length - 6).toString('latin1'));
    expect(text.endsWith(model.subarray(-6).toString('latin1'))).toBe(true);
  });

  it('gives the same model the same bytes', async () => {
    expect(await extend(tailGraph(PLAIN))).toEqual(await extend(tailGraph(PLAIN)));
  });

  it('leaves a model that has the outputs as it is', async () => {
    const { graph } = await extended(tailGraph(PLAIN));
    const again = await extended(graph.bytes);
    expect(again.graph.bytes).toEqual(graph.bytes);
  });

  it('takes the place of one output that the model has', async () => {
    const found = await extended(tailGraph(PLAIN, { secondOutput: 'Flatten-2' }));
    const session = await InferenceSession.create(join(folder, 'model.onnx'));
    expect(session.outputNames).toEqual(['scores', found.embedding.name, found.activationMaps.features.name]);
    await session.release();
  });

  it('takes weights without zero points', async () => {
    const form: TailForm = { ...PLAIN, quantized: 'a scale for each class' };
    await extended(tailGraph(form, { withoutZeroPoints: true }));
    const without = await readFile(join(folder, 'maps.onnx'));
    await extended(tailGraph(form));
    expect(without).toEqual(await readFile(join(folder, 'maps.onnx')));
  });

  it('takes a model for a fixed number of images', async () => {
    const found = await extended(tailGraph(PLAIN, { batch: 2 }), { batch: 2 });
    expect(found.embedding.shape).toEqual([2, 4]);
    expect(found.activationMaps.features.shape).toEqual([2, 4, MAP_SIDE, MAP_SIDE]);
  });

  it.each([
    ['in the model', false],
    ['in another file', true],
  ])('does not copy the quantized weights that are %s', async (_, isElsewhere) => {
    const form: TailForm = { ...PLAIN, classes: 500, dense: 'Gemm, transB', quantized: 'one scale' };
    const inside = tailGraph(form);
    const weights = 500 * 4;
    const stored = denseOf(form).stored;
    const transposed = Int8Array.from(
      { length: weights },
      (__, at) => stored[(at % 4) * 500 + Math.floor(at / 4)] ?? 0,
    );
    await writeFile(
      join(folder, 'weights.bin'),
      Buffer.concat([Buffer.alloc(3), Buffer.from(transposed.buffer)]),
    );
    const place = { location: 'weights.bin', offset: 3, length: weights };
    const model = isElsewhere ? tailGraph(form, { weightsPlace: place }) : inside;
    const found = await extended(model, { classes: 500 });
    expect(found.maps.bytes.length).toBeLessThan(1500);
    const { maps } = await runBoth(found, 500, 1);
    await extended(inside, { classes: 500 });
    expect(maps.data).toEqual((await runBoth(found, 500, 1)).maps.data);
    const location = Buffer.from(isElsewhere ? 'weights.bin' : 'model.onnx');
    expect(found.maps.bytes.includes(location)).toBe(true);
  });

  it.each([0, 1, 2, 3])(
    'refers to weights in float32 only if they are aligned: by %i bytes',
    async (shift) => {
      const form: TailForm = { ...PLAIN, classes: 500 };
      const { stored } = denseOf(form);
      await writeFile(
        join(folder, 'weights.bin'),
        Buffer.concat([Buffer.alloc(shift), Buffer.from(stored.buffer)]),
      );
      const place = { location: 'weights.bin', offset: shift, length: stored.byteLength };
      const found = await extended(tailGraph(form, { weightsPlace: place }), { classes: 500 });
      expect(found.maps.bytes.includes(Buffer.from('weights.bin'))).toBe(shift === 0);
    },
  );
});

describe('a model without such a tail', { timeout: 60_000 }, () => {
  const relu = (form: TailForm) =>
    tailGraph(form, {
      afterEmbedding(graph, embedding) {
        graph.tensor('hidden', 'float32', [4, 6], random(1, 24));
        graph.tensor('last', 'float32', [6, 5], random(2, 30));
        return graph.add('MatMul', [graph.add('Relu', [graph.add('MatMul', [embedding, 'hidden'])]), 'last']);
      },
    });

  it.each<[string, Uint8Array, string]>([
    ['two dense layers', relu(PLAIN), 'expected global average pooling before the dense layer, got Relu'],
    [
      'a logarithm',
      tailGraph(PLAIN, { afterEmbedding: (graph, name) => graph.add('LogSoftmax', [name]) }),
      'expected a dense layer before the scores, got LogSoftmax',
    ],
    [
      'a convolution as its last layer',
      tailGraph(PLAIN, {
        afterFeatures(graph, features) {
          graph.tensor('k', 'float32', [5, 4, 1, 1], random(1, 20));
          return graph.add('Conv', [graph.add('GlobalAveragePool', [features]), 'k']);
        },
        afterEmbedding: (graph, name) => graph.add('Flatten', [name]),
      }),
      'expected a dense layer before the scores, got Flatten',
    ],
    [
      'the token of a transformer',
      tailGraph(PLAIN, {
        afterFeatures(graph, features) {
          graph.tensor('tokens', 'int64', [3], [-1, 16, 4]);
          graph.tensor('first', 'int64', [], [0]);
          return graph.add(
            'Gather',
            [graph.add('Reshape', [features, 'tokens']), 'first'],
            [single('axis', 1)],
          );
        },
      }),
      'expected global average pooling before the dense layer, got Gather',
    ],
    [
      'the mean of tokens',
      tailGraph(
        { ...PLAIN, pool: 'ReduceMean' },
        {
          afterFeatures(graph, features) {
            graph.tensor('tokens', 'int64', [3], [-1, 16, 4]);
            const tokens = graph.add('Reshape', [features, 'tokens']);
            graph.tensor('axis', 'int64', [1], [1]);
            return graph.add('ReduceMean', [tokens, 'axis'], [single('keepdims', 0)]);
          },
          opset: 18,
        },
      ),
      'expected the mean over height and width before the dense layer, got axes 1',
    ],
    [
      'the mean of a part of its maps',
      tailGraph(PLAIN, {
        afterFeatures: (graph, features) =>
          graph.add('Flatten', [
            graph.add(
              'AveragePool',
              [features],
              [integers('kernel_shape', [3, 4]), integers('strides', [4, 4])],
            ),
          ]),
      }),
      'expected the mean of whole feature maps of 4 x 4, got that of 3 x 4',
    ],
    [
      'the means of several parts of its maps',
      tailGraph(
        { ...PLAIN, channels: 1 },
        {
          afterFeatures: (graph, features) =>
            graph.add('Flatten', [graph.add('AveragePool', [features], [integers('kernel_shape', [2, 4])])]),
          afterEmbedding(graph, embedding) {
            graph.tensor('wide', 'float32', [3, 5], random(1, 15));
            return graph.add('MatMul', [embedding, 'wide']);
          },
        },
      ),
      'to be 1 x 3 feature maps in NCHW, got [1, 1, 4, 4]',
    ],
    [
      'half of the result',
      tailGraph(PLAIN, { attributes: [float('alpha', 0.5)] }),
      'expected alpha 1 of Gemm, got 0.5',
    ],
    [
      'activations of another type',
      tailGraph({ ...PLAIN, quantized: 'one scale' }, { activations: 'int8' }),
      'to be float32 or uint8, got int8',
    ],
    [
      'weights that it computes',
      tailGraph(PLAIN, {
        afterEmbedding(graph, embedding) {
          graph.tensor('w', 'float32', [4, 5], random(1, 20));
          return graph.add('MatMul', [embedding, graph.add('Sin', ['w'])]);
        },
      }),
      'expected constant weights of the dense layer, got others',
    ],
    [
      'pooled pixels',
      tailGraph({ ...PLAIN, channels: 3 }, { withoutConvolution: true }),
      'expected feature maps, but the model pools its input',
    ],
    [
      'too large feature maps',
      tailGraph({ ...PLAIN, channels: 2 ** 16 + 1 }),
      'expected at most 1048576 values in the feature maps of an image, got 1048592',
    ],
    [
      'too many feature maps for an answer',
      tailGraph({ ...PLAIN, channels: 2 ** 14 + 1 }),
      'expected at most 16384 feature maps of at most 64 x 64, got 16385 of 4 x 4',
    ],
  ])('has %s: it says so', async (_, model, reason) => {
    expect(await extend(model)).toEqual({ reason: expect.stringContaining(reason) });
  });

  it('is one that is not what it seems', async () => {
    const model = tailGraph(PLAIN);
    const found = await extend(model, { classes: 6 });
    expect(found).toEqual({ reason: expect.stringContaining('for 6 classes, got [1, 4] for 5') });
  });
});
