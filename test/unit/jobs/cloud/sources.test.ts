import { describe, expect, test } from 'vitest';
import { manifestInputs } from '../../../../lambda/jobs/cloud/sources/manifest.ts';
import { newUploadId } from '../../../../lambda/jobs/ids.ts';
import { allowedPrefix, isAllowed } from '../../../../lambda/jobs/sources/allowed.ts';
import { parseS3Uri } from '../../../../lambda/jobs/sources/s3-uri.ts';
import { createMemoryBuckets } from '../../../support/memory-cloud/buckets.ts';
import { collect } from './client.ts';

describe('URIs of S3', () => {
  test.each([
    ['s3://photos/a b.jpg', 'a b.jpg'],
    ['s3://photos/a#1.jpg', 'a#1.jpg'],
    ['s3://photos/a?b=c', 'a?b=c'],
    ['s3://photos/100%25.jpg', '100%25.jpg'],
    ['s3://photos/Zürich/猫.jpg', 'Zürich/猫.jpg'],
    ['s3://photos//a', '/a'],
    ['s3://photos/', ''],
    ['s3://photos', ''],
  ])('%s has its key as it is written', (text, key) => {
    expect(parseS3Uri(text)).toEqual({ bucket: 'photos', key });
  });

  test.each([
    's3://Photos/a',
    's3:/photos/a',
    'S3://photos/a',
    's3://p/a',
    's3://user@photos/a',
    's3://photos:443/a',
    's3://photos?a',
    'https://photos/a',
    `s3://photos/${'a'.repeat(1025)}`,
    `s3://photos/${'é'.repeat(513)}`,
    's3://photos/\ud800',
  ])('%j is none', (text) => {
    expect(parseS3Uri(text)).toBeUndefined();
  });
});

describe('allowed sources', () => {
  const sources = [
    { bucket: 'photos', prefix: '2026' },
    { bucket: 'archive', prefix: '' },
    { bucket: 'scans', prefix: 'in/' },
  ];

  test.each([
    ['photos', '2026/cat.jpg', true],
    ['photos', '2026/', true],
    ['photos', '2026', false],
    ['photos', '2026-secret/cat.jpg', false],
    ['photos', '2026.jpg', false],
    ['photos', '', false],
    ['photos', '2026/../secret/cat.jpg', false],
    ['photos', '2026/./cat.jpg', false],
    ['photos', '2026/..', false],
    ['photos', '2026/..a/b..jpg', true],
    ['archive', '', true],
    ['archive', 'anything', true],
    ['archive', '../photos/2027', false],
    ['archive-2', 'anything', false],
    ['scans', 'in/1.jpg', true],
    ['scans', 'in', false],
    ['scans', 'IN/1.jpg', false],
  ])('%s %s: %s', (bucket, key, expected) => {
    expect(isAllowed(sources, { bucket, key })).toBe(expected);
  });

  test('a prefix without the slash of its folder is refused, with a hint', () => {
    expect(() => allowedPrefix(sources, 's3://photos/2026')).toThrow(
      /Did you mean "s3:\/\/photos\/2026\/"\?$/,
    );
    expect(() => allowedPrefix(sources, 's3://photos/2027')).toThrow(
      /^source_not_allowed: (?!.*Did you mean)/,
    );
    expect(() => allowedPrefix(sources, 'photos/2026/')).toThrow(/^invalid_request: /);
  });
});

describe('manifests', () => {
  const sources = [{ bucket: 'photos', prefix: '2026/' }];
  const upload = newUploadId();

  async function read(text: string | Uint8Array, start?: { number: number; offset: number }) {
    const buckets = createMemoryBuckets();
    buckets.objects('jobs-bucket');
    await buckets('jobs-bucket').put('manifest', text);
    const groups = await collect(manifestInputs(buckets('jobs-bucket'), 'manifest', start, sources));
    return groups.flat();
  }

  test('has uploads, URLs and objects, in order, whatever its line breaks', async () => {
    const lines = [upload, '', 'https://example.com/a b?c=1#d', '  ', 's3://photos/2026/a b#ü%20.jpg'];
    for (const text of [lines.join('\n'), lines.join('\r\n'), `\uFEFF${lines.join('\n')}\n\n`]) {
      expect((await read(text)).map(({ input }) => input)).toEqual([
        { upload_id: upload },
        { url: 'https://example.com/a b?c=1#d' },
        { s3: 's3://photos/2026/a b#ü%20.jpg' },
      ]);
    }
  });

  test('can be read from any line on, even where a piece of the file ends within a line', async () => {
    const url = (index: number) => `https://example.com/é/${index}/${'x'.repeat(index % 700)}`;
    const text = Array.from({ length: 1000 }, (_, index) => url(index)).join('\r\n');
    const all = await read(text);
    expect(all.map(({ input }) => input)).toEqual(
      Array.from({ length: 1000 }, (_, index) => ({ url: url(index) })),
    );
    for (const index of [0, 1, 500, 998]) {
      const next = all[index]?.next;
      if (next?.kind !== 'line') throw new Error('Expected a line');
      const rest = await read(text, next);
      expect(rest).toEqual(all.slice(index + 1));
    }
  });

  test.each([
    [
      'http://example.com/',
      /^Line 2 of the manifest: expected an https URL, an s3:\/\/ URI or the id of an upload, got "http/,
    ],
    ['cat.jpg', /^Line 2 .*got "cat\.jpg"\.$/],
    ['https://exa mple.com/', /^Line 2 /],
    [`https://example.com/${'a'.repeat(2048)}`, /^Line 2 /],
    ['s3://photos/', /^Line 2 /],
    ['s3://photos/2027/a.jpg', /^Line 2 of the manifest: expected an object that jobs may read/],
    ['s3://photos/2026/../2027/a.jpg', /^Line 2 /],
    ['upl_123', /^Line 2 /],
    ['x'.repeat(100_000), /^Line 2 of the manifest: expected at most 6144 bytes/],
  ])('with the wrong line %.40s says which it is', async (line, message) => {
    await expect(read(`\n${line}\n${upload}\n`)).rejects.toThrow(message);
  });

  test('of other bytes than UTF-8 is refused', async () => {
    const bytes = Buffer.concat([Buffer.from('https://example.com/\n'), Buffer.from([0xc3, 0x28, 0x0a])]);
    await expect(read(bytes)).rejects.toThrow('Line 2 of the manifest: expected UTF-8');
  });

  test('that is empty has no inputs', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\r\n\n')).toEqual([]);
  });
});
