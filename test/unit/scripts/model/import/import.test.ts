import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBundle } from '../../../../../lambda/model/bundle.ts';
import { type ImportRequest, importModel } from '../../../../../scripts/lib/model/import/import.ts';
import { example } from '../../../../../scripts/lib/paths.ts';
import { run } from '../../../../../scripts/lib/system/run.ts';
import { classifierGraph, dataFile, type GraphOptions, weightsOf } from './graphs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-import-'));
  await writeFile(join(folder, 'labels.txt'), 'one\ntwo\nthree\nfour\nfive\n');
});
afterEach(() => rm(folder, { recursive: true }));

const bundle = () => join(folder, 'models', 'small');

async function writeGraph(options: GraphOptions = {}, name = 'small.onnx'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, classifierGraph(options));
  return path;
}

const importIt = (changes: Partial<ImportRequest>) =>
  importModel(
    {
      source: join(folder, 'small.onnx'),
      name: 'small',
      version: '1.0.0',
      licence: 'MIT',
      directoryOf: (name) => join(folder, 'models', name),
      force: false,
      labels: join(folder, 'labels.txt'),
      preset: 'torchvision',
      overrides: {},
      size: undefined,
      graph: undefined,
      output: undefined,
      calibration: undefined,
      example: example('cat.jpg'),
      ...changes,
    },
    () => {},
  );

const WITHOUT_MAPS =
  'No embedding and no class activation maps: expected feature maps, but the model pools its input.';

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('importModel', { timeout: 30_000 }, () => {
  it('makes a bundle that the service loads, and classifies a photo with it', async () => {
    const path = await writeGraph();
    const { predictions, notes, manifest } = await importIt({});
    expect(await loadBundle(bundle())).toMatchObject({
      manifest,
      labels: [{ index: 0, label: 'one' }, {}, {}, {}, {}],
    });
    expect((await readdir(bundle())).sort()).toEqual(['labels.json', 'manifest.json', 'small.onnx']);
    expect(manifest).toEqual({
      schema: 1,
      name: 'small',
      version: '1.0.0',
      description: 'small for 5 classes, imported from small.onnx',
      file: 'small.onnx',
      sha256: sha256Of(await readFile(path)),
      precision: 'fp32',
      input: { name: 'image', dtype: 'float32', layout: 'NCHW', shape: [null, 3, 8, 8] },
      output: { name: 'logits', dtype: 'float32', shape: [null, 5], kind: 'logits' },
      preprocessing: {
        resize: { shortSide: 9, interpolation: 'bilinear', antialias: true },
        crop: 8,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
      labels: 'labels.json',
      licence: 'MIT',
      provenance: {
        source: `small.onnx (sha256 ${sha256Of(await readFile(path))})`,
        createdBy: 'npm run model:import',
      },
      accuracy: [],
    });
    expect(predictions).toHaveLength(5);
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect(notes).toEqual([WITHOUT_MAPS]);
  });

  it('adds the embedding and the class activation maps', async () => {
    await writeGraph({ hasFeatures: true });
    const { notes, manifest, outputs } = await importIt({});
    expect((await readdir(bundle())).sort()).toEqual([
      'labels.json',
      'manifest.json',
      'small-maps.onnx',
      'small.onnx',
    ]);
    const { embedding, activationMaps } = (await loadBundle(bundle())).manifest;
    expect(manifest).toMatchObject({ embedding, activationMaps });
    expect(embedding).toMatchObject({ dtype: 'float32', shape: [null, 3] });
    expect(activationMaps).toMatchObject({
      features: { dtype: 'float32', shape: [null, 3, 8, 8] },
      file: 'small-maps.onnx',
      sha256: sha256Of(await readFile(join(bundle(), 'small-maps.onnx'))),
      rows: 8,
      columns: 8,
    });
    expect(outputs).toMatchObject({ classes: 5, difference: expect.any(Number) });
    expect(notes).toEqual([]);
  });

  it.each<[string, GraphOptions, object]>([
    ['one image at a time', { shape: [1, 3, 8, 8], outputShape: [1, 5] }, { shape: [1, 3] }],
    ['a softmax', { end: 'Softmax' }, { shape: [null, 3] }],
    ['NHWC', { layout: 'NHWC', shape: ['n', 8, 8, 3] }, { shape: [null, 3] }],
    ['two images at a time', { shape: [2, 3, 8, 8], outputShape: [2, 5] }, { shape: [2, 3] }],
  ])('adds them to a graph with %s', async (_, options, expected) => {
    await writeGraph({ ...options, hasFeatures: true });
    const { manifest, outputs } = await importIt({});
    expect(manifest.embedding).toMatchObject(expected);
    expect(outputs).toMatchObject({ classes: 5 });
  });

  it.each<[string, GraphOptions, Partial<ImportRequest>, object]>([
    [
      'NHWC',
      { layout: 'NHWC', shape: ['n', 8, 8, 3] },
      {},
      { input: { layout: 'NHWC', shape: [null, 8, 8, 3] } },
    ],
    [
      'one image at a time',
      { shape: [1, 3, 8, 8], outputShape: [1, 5] },
      {},
      { input: { shape: [1, 3, 8, 8] } },
    ],
    [
      'a fixed batch and an output without one',
      { shape: [2, 3, 8, 8] },
      {},
      { input: { shape: [2, 3, 8, 8] }, output: { shape: [2, 5] } },
    ],
    [
      'bytes',
      { dtype: 'uint8' },
      {},
      { input: { dtype: 'uint8' }, preprocessing: { rescale: 1, mean: [0, 0, 0] } },
    ],
    [
      'any height and width',
      { shape: ['n', 3, 'height', 'width'] },
      { size: 16 },
      { input: { shape: [null, 3, 16, 16] }, preprocessing: { crop: 16 } },
    ],
    [
      'any channels, height and width, which are NCHW inside',
      { shape: ['n', 'channels', 'height', 'width'] },
      { size: 16 },
      { input: { layout: 'NCHW', shape: [null, 3, 16, 16] } },
    ],
    [
      'any channels, height and width, which are NHWC inside',
      { layout: 'NHWC', shape: ['n', '', '', ''] },
      { size: 16 },
      { input: { layout: 'NHWC', shape: [null, 16, 16, 3] } },
    ],
    ['an output of any width', { outputShape: ['n', 'classes'] }, {}, { output: { shape: [null, 5] } }],
    ['a softmax', { end: 'Softmax' }, {}, { output: { kind: 'probabilities' } }],
    ['a logarithm of a softmax', { end: 'LogSoftmax' }, {}, { output: { kind: 'logits' } }],
    [
      'two outputs, one of them chosen',
      { hasSecondOutput: true },
      { output: 'hidden' },
      { output: { name: 'hidden' } },
    ],
    ['weights in half precision', { halfWeights: true }, {}, { precision: 'fp16' }],
  ])('takes a graph with %s', async (_, options, changes, expected) => {
    await writeGraph(options);
    const { manifest } = await importIt(changes);
    expect(manifest).toMatchObject(expected);
  });

  it('says so if a graph that declares any number of images takes one at a time', async () => {
    await writeGraph({ onlyOneImage: true });
    const { manifest, notes } = await importIt({});
    expect(manifest.input.shape).toEqual([1, 3, 8, 8]);
    expect(notes).toEqual([
      'The graph declares any number of images, but runs on one at a time: the bundle says so.',
      WITHOUT_MAPS,
    ]);
  });

  it('warns of scores that may be of several labels, and of a licence that nobody stated', async () => {
    await writeGraph({ end: 'Sigmoid' });
    const { notes } = await importIt({ licence: undefined });
    expect(notes).toEqual([
      expect.stringContaining('between 0 and 1 but do not add up to 1'),
      'No embedding and no class activation maps: expected a dense layer before the scores, got Sigmoid.',
      'The licence is not stated: --licence NAME states it.',
    ]);
  });

  it.each<[string, GraphOptions, Partial<ImportRequest>, string]>([
    ['two inputs', { hasSecondInput: true }, {}, 'expected one input, a batch of images, got 2: image, mask'],
    [
      'an input in half precision',
      { dtype: 'float16' },
      {},
      'expected the input image to be float32 or uint8, got float16',
    ],
    [
      'an output in half precision',
      { outputType: 'float16' },
      {},
      'expected the output logits to be float32, got float16',
    ],
    [
      'two outputs',
      { hasSecondOutput: true },
      {},
      'expected one output, got 2: logits, hidden; --output chooses',
    ],
    ['an output that does not exist', {}, { output: 'other' }, 'expected an output other, got 1: logits'],
    ['an input that is no image', { shape: ['n', 3] }, {}, 'expected the input image to be images'],
    [
      'grey images',
      { shape: ['n', 1, 8, 8], channels: 1 },
      {},
      'expected the input image to have 3 channels',
    ],
    [
      'images that are not square',
      { shape: ['n', 3, 8, 16] },
      {},
      'expected the input image to be square, got [n, 3, 8, 16]',
    ],
    [
      'an output with height and width',
      { isConvolution: true },
      {},
      'to be [2, classes] for 2 images, got [2, 5, 1, 1]',
    ],
    [
      'one class',
      { classes: 1 },
      {},
      'expected the output logits to be [2, classes] for 2 images, got [2, 1]',
    ],
    ['numbers that are not finite', { end: 'Sqrt' }, {}, 'expected the output logits to have finite numbers'],
    [
      'more classes than labels',
      { classes: 6 },
      {},
      'labels.txt: expected 6 names, one for each class of the output logits, got 5',
    ],
    [
      'another size than --size',
      {},
      { size: 16 },
      '--size: expected 8, the only size that the graph takes, got 16',
    ],
    [
      'no size at all',
      { shape: ['n', 3, 'h', 'w'] },
      {},
      '--size: expected height and width of the images in pixels',
    ],
    [
      'a short side below the crop',
      {},
      { overrides: { shortSide: 7 } },
      'shortSide: expected at least the crop, 8',
    ],
    [
      'external data elsewhere',
      { dataFiles: ['../secret'] },
      {},
      "expected external data in the graph's own folder, got ../secret",
    ],
    ['external data at an absolute path', { dataFiles: ['/etc/passwd'] }, {}, 'got /etc/passwd'],
    ['external data that is missing', { dataFiles: ['small.data'] }, {}, 'but there is no such file'],
    [
      'external data in two files',
      { dataFiles: ['a', 'b'] },
      {},
      'expected external data in one file, got 2',
    ],
  ])('refuses a graph with %s, and leaves nothing behind', async (_, options, changes, message) => {
    await writeGraph(options);
    await expect(importIt(changes)).rejects.toThrow(message);
    expect((await readdir(folder)).sort()).toEqual(['labels.txt', 'small.onnx']);
  });

  it.each<[string, Partial<ImportRequest>, string]>([
    ['a file that is no model', { source: 'README.md' }, 'README.md: expected an ONNX model'],
    [
      'a file that does not exist',
      { source: 'none.onnx' },
      'none.onnx: expected an ONNX file or a folder with one',
    ],
    [
      'a name that the service cannot use',
      { name: 'small-image' },
      '--name: expected a name that does not end in -image',
    ],
    ['no preset', { preset: undefined }, '--preset: expected one of torchvision, timm, tf'],
    ['no labels', { labels: undefined }, '--labels: expected a file with the names of the classes'],
    ['a photo that is none', { example: 'package.json' }, 'package.json: '],
  ])('refuses %s', async (_, changes, message) => {
    await writeGraph();
    await expect(importIt(changes)).rejects.toThrow(message);
    expect((await readdir(folder)).sort()).toEqual(['labels.txt', 'small.onnx']);
  });

  it('keeps the file with the weights beside the graph, with its checksum', async () => {
    await writeGraph({ dataFiles: ['small.onnx.data'] });
    const weights = dataFile(weightsOf(5));
    await writeFile(join(folder, 'small.onnx.data'), weights);
    const withData = await importIt({});
    expect(withData.manifest.weights).toEqual({ file: 'small.onnx.data', sha256: sha256Of(weights) });

    await writeGraph();
    const inOneFile = await importIt({ force: true });
    expect(withData.predictions).toEqual(inOneFile.predictions);
    expect(await readdir(bundle())).not.toContain('small.onnx.data');
  });

  it('gives the graph another name if its weights have taken it', async () => {
    await writeGraph({ dataFiles: ['small.onnx'] }, 'graph.onnx');
    await writeFile(join(folder, 'small.onnx'), dataFile(weightsOf(5)));
    const { manifest } = await importIt({ source: join(folder, 'graph.onnx') });
    expect(manifest).toMatchObject({ file: 'small-graph.onnx', weights: { file: 'small.onnx' } });
  });

  it('replaces a bundle only with --force, and only after the new one works', async () => {
    await writeGraph();
    await importIt({});
    await expect(importIt({})).rejects.toThrow('expected no bundle, got small 1.0.0; --force replaces it');

    await writeGraph({ classes: 6 });
    await expect(importIt({ force: true, version: '2.0.0' })).rejects.toThrow('expected 6 names');
    expect((await loadBundle(bundle())).manifest.version).toBe('1.0.0');

    await writeGraph();
    await importIt({ force: true, version: '2.0.0' });
    expect((await loadBundle(bundle())).manifest.version).toBe('2.0.0');
    expect(await readdir(join(folder, 'models'))).toEqual(['small']);
  });

  it('never replaces a bundle that git tracks', async () => {
    await writeGraph();
    await importIt({});
    await run('git', ['init', '--quiet'], { cwd: bundle() });
    await run('git', ['add', 'manifest.json'], { cwd: bundle() });
    await expect(importIt({ force: true })).rejects.toThrow('expected a bundle that git does not track');
  });

  it('never replaces a folder that is no bundle', async () => {
    await writeGraph();
    await mkdir(bundle(), { recursive: true });
    await writeFile(join(bundle(), 'thesis.tex'), 'years of work');
    await expect(importIt({ force: true })).rejects.toThrow('got one without manifest.json');
    expect(await readdir(bundle())).toEqual(['thesis.tex']);
  });
});

describe('importModel from a folder', { timeout: 30_000 }, () => {
  const fromFolder = (changes: Partial<ImportRequest> = {}) =>
    importIt({ source: folder, labels: undefined, preset: undefined, ...changes });
  const names = { 0: 'a', 1: 'b', 2: 'c', 3: 'd', 4: 'e' };
  const write = (name: string, value: object) => writeFile(join(folder, name), JSON.stringify(value));

  const processor = {
    ...{ image_processor_type: 'ViTImageProcessor', do_resize: true, do_rescale: true, do_normalize: true },
    ...{
      size: { height: 16, width: 16 },
      resample: 3,
      rescale_factor: 1 / 255,
      image_mean: 0.5,
      image_std: 0.5,
    },
  };

  it('asks for nothing that optimum has written', async () => {
    await writeGraph({ shape: ['batch_size', 'num_channels', 'height', 'width'] }, 'model.onnx');
    await write('config.json', {
      ...{ architectures: ['ViTForImageClassification'], _name_or_path: 'someone/vit-small' },
      ...{ id2label: names, license: 'apache-2.0' },
    });
    await write('preprocessor_config.json', processor);
    const { manifest, labels } = await fromFolder({ licence: undefined });
    expect(manifest).toMatchObject({
      description: 'ViTForImageClassification for 5 classes, imported from model.onnx',
      file: 'small.onnx',
      input: { shape: [null, 3, 16, 16] },
      preprocessing: { resize: { exactSide: 16, interpolation: 'bicubic' }, crop: 16, mean: [0.5, 0.5, 0.5] },
      licence: 'apache-2.0',
      provenance: { source: expect.stringMatching(/^someone\/vit-small \(sha256 [0-9a-f]{64}\)$/) },
    });
    expect(labels.map(({ label }) => label)).toEqual(Object.values(names));
  });

  it('asks for nothing that timm has written', async () => {
    await writeGraph({}, 'model.onnx');
    await write('config.json', {
      architecture: 'resnet18',
      label_names: ['n01440764', 'n01443537', 'n01484850', 'n01491361', 'n01494475'],
      label_descriptions: { n01440764: 'tench, Tinca tinca' },
      pretrained_cfg: {
        input_size: [3, 8, 8],
        interpolation: 'bilinear',
        crop_pct: 0.8,
        license: 'apache-2.0',
      },
    });
    const { manifest, labels } = await fromFolder();
    expect(manifest.preprocessing).toMatchObject({
      resize: { shortSide: 10, interpolation: 'bilinear' },
      crop: 8,
    });
    expect(labels[0]).toEqual({ index: 0, wnid: 'n01440764', label: 'tench, Tinca tinca' });
    expect(labels[1]).toEqual({ index: 1, wnid: 'n01443537', label: 'n01443537' });
  });

  it('finds the graph in the folder onnx, and takes the size from config.json', async () => {
    await mkdir(join(folder, 'onnx'));
    await writeGraph({ shape: ['n', 3, 'h', 'w'] }, 'onnx/model.onnx');
    await writeGraph({ shape: ['n', 3, 'h', 'w'] }, 'onnx/model_fp16.onnx');
    await write('config.json', { id2label: names, image_size: 24 });
    const { manifest } = await fromFolder({ preset: 'tf' });
    expect(manifest.input.shape).toEqual([null, 3, 24, 24]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['no graph', async () => {}, 'expected an ONNX file, such as model.onnx, got none'],
    [
      'several graphs',
      async () => {
        await writeGraph({}, 'a.onnx');
        await writeGraph({}, 'b.onnx');
      },
      'expected one ONNX file, got a.onnx, b.onnx; --graph chooses one of them',
    ],
    [
      'a model that is no classifier',
      async () => {
        await writeGraph({}, 'model.onnx');
        await write('config.json', { architectures: ['ViTForMaskedImageModeling'] });
      },
      'architectures: expected an image classifier, got ViTForMaskedImageModeling',
    ],
    [
      'a model of several labels a photo',
      async () => {
        await writeGraph({}, 'model.onnx');
        await write('config.json', { problem_type: 'multi_label_classification', id2label: names });
      },
      'problem_type: expected one class for each photo, got multi_label_classification',
    ],
    [
      'another size than the graph',
      async () => {
        await writeGraph({}, 'model.onnx');
        await write('config.json', { id2label: names });
        await write('preprocessor_config.json', processor);
      },
      'preprocessor_config.json: expected images of 8 pixels, as the graph says, got 16',
    ],
    [
      'a file that is not JSON',
      async () => {
        await writeGraph({}, 'model.onnx');
        await writeFile(join(folder, 'config.json'), '{');
      },
      'config.json: expected JSON',
    ],
  ])('refuses a folder with %s', async (_, prepare, message) => {
    await prepare();
    await expect(fromFolder()).rejects.toThrow(message);
  });
});
