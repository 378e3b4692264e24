import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBundle } from '../../../../lambda/model/bundle.ts';
import { describeSources, loadModelSources } from '../../../../scripts/lib/model/sources.ts';
import { serveFile } from '../download/file-server.ts';
import { PLAIN, tailGraph } from './outputs/tail-graph.ts';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/model-fetch.ts', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../../../models/sources.json', import.meta.url));
const tiny = await readFile(new URL('../../../fixtures/models/tiny/tiny.onnx', import.meta.url));
const tenClasses = await readFile(
  new URL('../../../fixtures/models/tiny/tiny-ten-classes.onnx', import.meta.url),
);
const stateDict = await readFile(new URL('../../../fixtures/models/tiny/tiny-resnet.pth', import.meta.url));
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const sha256 = sha256Of(tiny);

let directory: string;
let bundle: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'model-fetch-'));
  bundle = join(directory, 'tiny');
  const labels = Array.from({ length: 1000 }, (_, index) => ({
    index,
    wnid: 'n00000000',
    label: `class ${index}`,
  }));
  await writeFile(join(directory, 'labels.json'), JSON.stringify(labels));
});
afterEach(() => rm(directory, { recursive: true }));

/** sources.json with one source, `tiny`, at `url`. */
async function writeSources(url: string, overrides: Record<string, unknown> = {}): Promise<void> {
  const tinySource = {
    description: 'an untrained stand-in',
    version: '1',
    format: 'onnx',
    url,
    bytes: tiny.length,
    sha256,
    evidence: 'made by this test',
    licence: 'Apache-2.0',
    precision: 'fp32',
    preprocessing: {
      resize: { shortSide: 9, interpolation: 'bilinear', antialias: true },
      crop: 8,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    accuracy: [{ dataset: 'none', images: 1, top1: 0.001, top5: 0.005, precision: 'fp32' }],
    accuracySource: 'chance',
    ...overrides,
  };
  await writeFile(
    join(directory, 'sources.json'),
    JSON.stringify({ schema: 1, sources: { tiny: tinySource } }),
  );
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Outcome> {
  const files = ['--sources', join(directory, 'sources.json'), '--labels', join(directory, 'labels.json')];
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args, ...files], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

async function readBundleFiles(): Promise<Record<string, string>> {
  const names = (await readdir(bundle)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(bundle, name))).toString('hex')] as const),
    ),
  );
}

// Every test starts processes, which takes seconds on a busy machine.
describe('model-fetch', { timeout: 30_000 }, () => {
  it('makes a bundle that the service can load, then says that it is there', async () => {
    await using server = await serveFile(tiny);
    await writeSources(server.url);
    const first = await run('tiny', '--dir', bundle);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('100 %');
    expect(first.stdout).toMatch(/\nMODELS=.*tiny npm start\n$/);
    expect(first.stdout).toContain('No embedding and no class activation maps: expected feature maps, but');

    const file = `tiny-${sha256.slice(0, 8)}.onnx`;
    expect((await readdir(bundle)).sort()).toEqual(['labels.json', 'manifest.json', file]);
    const { manifest } = await loadBundle(bundle);
    expect(manifest).toMatchObject({
      name: 'tiny',
      file,
      input: { name: 'image', shape: [1, 3, 8, 8] },
      output: { name: 'logits', shape: [1, 1000], kind: 'logits' },
      licence: 'Apache-2.0',
      provenance: { source: `${server.url} (sha256 ${sha256})` },
    });

    const second = await run('tiny', '--dir', bundle);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('with the right checksum, nothing downloaded');
    expect(server.requests).toHaveLength(1);

    await run('tiny', '--dir', bundle, '--force');
    expect(server.requests).toHaveLength(2);
  });

  it('resumes in a second run and replaces the bundle of an older version', async () => {
    await using server = await serveFile(tiny);
    await writeSources(server.url);
    await run('tiny', '--dir', bundle);

    const newer = await readFile(
      new URL('../../../fixtures/models/tiny/tiny-free-batch.onnx', import.meta.url),
    );
    server.content = newer;
    const newerSha256 = sha256Of(newer);
    await writeSources(server.url, { bytes: newer.length, sha256: newerSha256 });
    await writeFile(join(bundle, `tiny-${newerSha256.slice(0, 8)}.onnx.part`), newer.subarray(0, 10_000));
    expect(await run('tiny', '--dir', bundle)).toMatchObject({ code: 0, stderr: '' });
    expect(server.requests.at(-1)?.range).toBe('bytes=10000-');
    const { manifest } = await loadBundle(bundle);
    expect(manifest.output).toEqual({
      name: 'probabilities',
      dtype: 'float32',
      shape: [null, 1000],
      kind: 'probabilities',
    });
    expect((await readdir(bundle)).sort()).toEqual(['labels.json', 'manifest.json', manifest.file]);
  });

  it('adds the embedding and the class activation maps, once', async () => {
    const model = tailGraph({ ...PLAIN, classes: 1000 });
    await using server = await serveFile(model);
    await writeSources(server.url, { bytes: model.length, sha256: sha256Of(model) });
    const first = await run('tiny', '--dir', bundle);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('Embedding: 4 values. Class activation maps: 4 x 4.');
    const { manifest } = await loadBundle(bundle);
    const { file, sha256: found, embedding, activationMaps } = manifest;
    expect(file).toBe(`tiny-${found.slice(0, 8)}.onnx`);
    expect(found).not.toBe(sha256Of(model));
    expect(embedding).toMatchObject({ dtype: 'float32', shape: [null, 4] });
    expect(activationMaps?.file).toBe(`tiny-maps-${activationMaps?.sha256.slice(0, 8)}.onnx`);
    const files = await readBundleFiles();
    expect(Object.keys(files).sort()).toEqual(
      ['labels.json', 'manifest.json', file, activationMaps?.file].sort(),
    );

    await writeFile(join(bundle, activationMaps?.file ?? ''), 'damaged');
    const second = await run('tiny', '--dir', bundle);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('nothing downloaded');
    expect(server.requests).toHaveLength(1);
    expect(await readBundleFiles()).toEqual(files);
  });

  it('leaves the bundle byte for byte after a wrong checksum', async () => {
    await using server = await serveFile(tiny);
    await writeSources(server.url);
    await run('tiny', '--dir', bundle);
    const before = await readBundleFiles();

    await writeSources(server.url, { sha256: 'f'.repeat(64) });
    const outcome = await run('tiny', '--dir', bundle);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toBe(
      `${server.url}: expected sha256 ${'f'.repeat(64)}, got ${sha256}; the download was deleted, nothing was replaced\n`,
    );
    expect(await readBundleFiles()).toEqual(before);
  });

  it('leaves no empty folder behind when it fails', async () => {
    await using server = await serveFile(tiny);
    await writeSources(server.url, { sha256: 'f'.repeat(64) });
    const nested = join(directory, 'new', 'tiny');
    expect(await run('tiny', '--dir', nested)).toMatchObject({ code: 1 });
    expect((await readdir(directory)).sort()).toEqual(['labels.json', 'sources.json']);

    await mkdir(bundle);
    expect(await run('tiny', '--dir', bundle)).toMatchObject({ code: 1 });
    expect(await readdir(directory)).toContain('tiny');
  });

  it('writes no manifest for a model of another shape', async () => {
    await using server = await serveFile(tenClasses);
    await writeSources(server.url, { bytes: tenClasses.length, sha256: sha256Of(tenClasses) });
    const outcome = await run('tiny', '--dir', bundle);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^.*expected the output logits to be float32 \[N, 1000\].*\n$/);
    expect(await readdir(bundle)).not.toContain('manifest.json');
  });

  it('replaces a bundle of another name only with --force', async () => {
    await using server = await serveFile(tiny);
    await writeSources(server.url);
    await run('tiny', '--dir', bundle);
    const manifest = join(bundle, 'manifest.json');
    const other = (await readFile(manifest, 'utf8')).replace('"name": "tiny"', '"name": "other"');
    await writeFile(manifest, other);
    const refused = await run('tiny', '--dir', bundle);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('got other; --force replaces it');
    expect(await readFile(manifest, 'utf8')).toBe(other);
    expect(await run('tiny', '--dir', bundle, '--force')).toMatchObject({ code: 0 });
    expect((await loadBundle(bundle)).manifest.name).toBe('tiny');
  });

  it('lists the sources without a name', async () => {
    await writeSources('https://models.test/model.onnx');
    const outcome = await run();
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toBe('tiny  0.0 MB  Apache-2.0  0.10 % top-1\n');
  });

  it.each([
    ['an unknown name', ['resnet18'], 'NAME: expected one of tiny, got resnet18\n'],
    ['a name every object has', ['constructor'], 'NAME: expected one of tiny, got constructor\n'],
    ['two names', ['tiny', 'resnet18'], 'Expected NAME, got tiny resnet18\nUsage:'],
  ])('exits with 2 on %s', async (_, args, message) => {
    await writeSources('https://models.test/model.onnx');
    const outcome = await run(...args);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(message);
  });

  it('names the wrong field of a source', async () => {
    await writeSources('https://models.test/model.onnx', { sha256: 'abc' });
    expect(await run()).toMatchObject({
      code: 1,
      stderr: `${join(directory, 'sources.json')}: sources.tiny.sha256: expected 64 lower-case hex digits\n`,
    });
  });
});

describe('model-fetch of a PyTorch state dict', { timeout: 30_000 }, () => {
  const source = {
    format: 'torchvision-resnet50',
    bytes: stateDict.length,
    sha256: sha256Of(stateDict),
    preprocessing: {
      resize: { shortSide: 232, interpolation: 'bilinear', antialias: true },
      crop: 224,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
  };
  const pth = `tiny-${source.sha256.slice(0, 8)}.pth`;

  it('makes a bundle with the converted model, and the same one again', async () => {
    await using server = await serveFile(stateDict);
    await writeSources(server.url, source);
    expect(await run('tiny', '--dir', bundle)).toMatchObject({ code: 0, stderr: '' });
    const { manifest } = await loadBundle(bundle);
    expect(manifest).toMatchObject({
      file: `tiny-${manifest.sha256.slice(0, 8)}.onnx`,
      precision: 'fp32',
      input: { name: 'input', shape: [null, 3, 224, 224] },
      output: { name: 'logits', shape: [null, 1000], kind: 'logits' },
      provenance: { source: `${server.url} (sha256 ${source.sha256})` },
    });
    const files = await readBundleFiles();
    const maps = `tiny-maps-${manifest.activationMaps?.sha256.slice(0, 8)}.onnx`;
    expect(Object.keys(files).sort()).toEqual(['labels.json', 'manifest.json', manifest.file, maps].sort());
    expect(manifest.activationMaps).toMatchObject({ rows: 7, columns: 7, file: maps });

    const second = await run('tiny', '--dir', bundle);
    expect(second.stdout).toContain('nothing downloaded');
    expect(server.requests).toHaveLength(1);
    await run('tiny', '--dir', bundle, '--force');
    expect(server.requests).toHaveLength(2);
    expect(await readBundleFiles()).toEqual(files);
  });

  it('resumes the download, and converts what a failed run left behind', async () => {
    await using server = await serveFile(stateDict);
    await writeSources(server.url, source);
    await mkdir(bundle);
    await writeFile(join(bundle, `${pth}.part`), stateDict.subarray(0, 50_000));
    await run('tiny', '--dir', bundle);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=50000-']);
    const files = await readBundleFiles();

    await rm(bundle, { recursive: true });
    await mkdir(bundle);
    await writeFile(join(bundle, pth), stateDict);
    expect(await run('tiny', '--dir', bundle)).toMatchObject({ code: 0 });
    expect(server.requests).toHaveLength(1);
    expect(await readBundleFiles()).toEqual(files);
  });

  it('downloads again if the model in the bundle is damaged', async () => {
    await using server = await serveFile(stateDict);
    await writeSources(server.url, source);
    await run('tiny', '--dir', bundle);
    const files = await readBundleFiles();
    const { manifest } = await loadBundle(bundle);
    await writeFile(join(bundle, manifest.file), 'damaged');
    expect(await run('tiny', '--dir', bundle)).toMatchObject({ code: 0 });
    expect(await readBundleFiles()).toEqual(files);
  });

  it('leaves the bundle as it was if the file cannot be converted', async () => {
    await using server = await serveFile(stateDict);
    await writeSources(server.url, source);
    await run('tiny', '--dir', bundle);
    const before = await readBundleFiles();

    await writeSources(server.url, { ...source, bytes: tiny.length, sha256 });
    server.content = tiny;
    const outcome = await run('tiny', '--dir', bundle);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^.*\.pth: expected a zip, found no zip directory.*\n$/);
    expect(await readBundleFiles()).toMatchObject(before);
  });

  it('refuses any precision but fp32', async () => {
    await writeSources('https://models.test/model.pth', { ...source, precision: 'int8' });
    expect((await run()).stderr).toContain('sources.tiny.precision');
  });
});

describe('models/sources.json', () => {
  it('lists models over https, pinned to a checksum, for the 224 pixel crop of ImageNet', async () => {
    const sources = await loadModelSources(SOURCES);
    expect(describeSources(sources).split('\n').length).toBe(Object.keys(sources).length);
    for (const source of Object.values(sources)) {
      expect(source.url).toMatch(/^https:/);
      expect(source.preprocessing.crop).toBe(224);
    }
  });
});
