import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { detectFormat } from '../../lambda/images/formats/detect.ts';
import { IMAGE_FORMATS } from '../../lambda/images/formats/table.ts';
import { createCorpus, type Sample } from './corpus/index.ts';
import { GIANTS, giant } from './giants.ts';
import { mutant } from './mutants.ts';
import { Random } from './random.ts';
import { readField, writeField } from './structures/field.ts';
import { mutateStructure, structureOf } from './structures/index.ts';
import { pngChunks } from './structures/png.ts';
import { type HostileService, raw, startHostileService } from './support.ts';
import { lastHalf, slope } from './trend.ts';

let corpus: readonly Sample[];
beforeAll(async () => {
  corpus = await createCorpus();
});

const sampleOf = (name: string): Sample => {
  const found = corpus.find((sample) => sample.name === name);
  if (!found) throw new Error(`Expected a sample named ${name}`);
  return found;
};
/** The sides that a file declares: first its own, then those of its parts. */
const sides = ({ format, bytes }: Sample, axis: 'width' | 'height') =>
  structureOf(format)
    .fields(bytes)
    .filter((field) => field.axis === axis)
    .map((field) => readField(bytes, field) + (field.less ?? 0));

describe('the corpus', () => {
  let service: HostileService;
  beforeAll(async () => {
    service = await startHostileService();
    return () => service.stop();
  });

  test('gets the expected status before it is damaged', async () => {
    for (const { name, bytes, status } of corpus)
      expect((await service.post('/predict', raw(bytes), name)).status, name).toBe(status);
  });

  test('has every format in several variants', () => {
    for (const format of IMAGE_FORMATS)
      expect(corpus.filter((sample) => sample.format === format).length, format).toBeGreaterThanOrEqual(6);
  });
});

describe('a mutant', () => {
  test('is always the same for the same seed', async () => {
    for (let seed = 1; seed <= 200; seed += 1)
      expect(await mutant(corpus, seed)).toEqual(await mutant(corpus, seed));
    expect(await mutant(corpus, 42)).not.toEqual(await mutant(corpus, 43));
  });

  test('can be of each kind', async () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 3000 && kinds.size < 4; seed += 1)
      kinds.add((await mutant(corpus, seed)).kind);
    expect([...kinds].sort()).toEqual(['bytes', 'giant', 'request', 'structure']);
  });

  test('has the format of its name if it is a giant', async () => {
    for (const name of GIANTS.filter((each) => /1 x (65500|65535|16383)\b/.test(each)))
      expect(detectFormat(await giant(name)), name).toBe(name.split(' ')[0]);
  });
});

describe('structures', () => {
  // The parsers must find the sizes that the encoders were given.
  test.each([
    ['jpeg baseline', 96, 64],
    ['jpeg arithmetic, progressive', 96, 64],
    ['png interlaced', 96, 64],
    ['webp lossy', 96, 64],
    ['webp lossless with alpha', 72, 96],
    ['webp animated with mixed frames', 64, 48],
    ['gif of frames with their own palettes and positions', 40, 30],
    ['avif', 96, 64],
    ['avif grid', 128, 128],
    ['tiff big-endian', 40, 24],
    ['tiff pyramid', 160, 160],
  ])('of %s: %i x %i', (name, width, height) => {
    expect(sides(sampleOf(name), 'width')[0]).toBe(width);
    expect(sides(sampleOf(name), 'height')[0]).toBe(height);
  });

  test('find the size in the data of AVIF and WebP, as well as in their containers', () => {
    expect(sides(sampleOf('avif'), 'width')).toEqual([96, 96]);
    expect(sides(sampleOf('webp with a profile'), 'width')).toEqual([96, 96]);
  });

  test('find EXIF in every format that has it', () => {
    for (const format of ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const) {
      const sample = sampleOf(`${format} with orientation 6`);
      const fields = structureOf(format).fields(sample.bytes);
      const orientation = fields.find(({ what }) => what === 'tag 274');
      expect(orientation && readField(sample.bytes, orientation), format).toBe(6);
    }
  });

  test('write each field where they read it, and change nothing else', () => {
    for (const { format, bytes, name } of corpus) {
      for (const field of structureOf(format).fields(bytes)) {
        const file = Buffer.from(bytes);
        writeField(file, field, readField(file, field) + 1);
        expect(readField(file, field), `${name}: ${field.what}`).not.toBe(readField(bytes, field));
        writeField(file, field, readField(bytes, field));
        expect(file.equals(bytes), `${name}: ${field.what}`).toBe(true);
      }
    }
  });

  test('correct the checksums of most PNGs, so that decoders read the changes', () => {
    const sample = sampleOf('png with every chunk');
    const right = Array.from(
      { length: 200 },
      (_, seed) => mutateStructure(sample, new Random(seed)).bytes,
    ).filter((bytes) =>
      pngChunks(bytes).every(
        ({ start, dataEnd }) => crc32(bytes.subarray(start + 4, dataEnd)) === bytes.readUInt32BE(dataEnd),
      ),
    );
    expect(right.length).toBeGreaterThan(150);
    expect(right.length).toBeLessThan(200);
  });
});

test('the trend of memory is measured over the last half', () => {
  expect(slope([5, 7, 9, 11])).toBeCloseTo(2);
  expect(slope([5])).toBe(0);
  const values = [0, 50, 90, 100, 101, 102, 103, 104];
  expect(lastHalf(values)).toEqual({
    growth: expect.closeTo(3),
    from: expect.closeTo(101),
    to: expect.closeTo(104),
  });
});
