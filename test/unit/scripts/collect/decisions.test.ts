import { describe, expect, it } from 'vitest';
import { decideImages, type StoredImage } from '../../../../scripts/lib/collect/images.ts';
import { daysOfJobs } from '../../../../scripts/lib/collect/retention.ts';
import { decideVersions, type FunctionState } from '../../../../scripts/lib/collect/versions.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3_600_000);

/** Versions 1, 2, 3 and so on, published so many days ago. */
const published = (...days: readonly number[]): FunctionState => ({
  name: 'classify',
  versions: days.map((day, index) => ({
    version: String(index + 1),
    published: daysAgo(day).toISOString(),
  })),
  claims: [],
});
const kept = (state: FunctionState, retention = { days: 30, keep: 1 }) =>
  Object.fromEntries(
    decideVersions(state, retention, NOW).map(({ version, keptBy }) => [version, keptBy ?? 'deleted']),
  );

describe('a version', () => {
  it('is deleted if nothing needs it', () => {
    expect(kept(published(300, 200, 100))).toEqual({ 1: 'deleted', 2: 'deleted', 3: 'newest 1' });
  });

  it.each(['alias live', 'known to be good', 'provisioned concurrency', 'the template'])(
    'is kept for %s, however old it is',
    (by) => {
      const state = { ...published(300, 200, 100), claims: [{ version: '1', by }] };
      expect(kept(state)).toEqual({ 1: by, 2: 'deleted', 3: 'newest 1' });
    },
  );

  it('is kept as one of the newest, by number and not by the order of the list', () => {
    const state = published(...Array.from({ length: 12 }, (_, index) => 400 - index));
    const reversed = { ...state, versions: [...state.versions].reverse() };
    expect(
      Object.entries(kept(reversed, { days: 30, keep: 10 })).filter(([, by]) => by === 'deleted'),
    ).toEqual([
      ['1', 'deleted'],
      ['2', 'deleted'],
    ]);
  });

  // Version 1 was live until version 2 came. A job that began then may still run, or be redriven.
  it('is kept for some days after the next one replaced it, even if it is much older itself', () => {
    expect(kept(published(300, 29, 5))).toEqual({
      1: 'in use within 30 days',
      2: 'in use within 30 days',
      3: 'newest 1',
    });
    expect(kept(published(300, 31, 5))).toMatchObject({ 1: 'deleted' });
  });

  it('ends the run if something needs it and it was not listed', () => {
    const state = { ...published(300), claims: [{ version: '9', by: 'alias live' }] };
    expect(() => kept(state)).toThrow(
      'classify: expected version 9 in the list of its versions, because alias live needs it',
    );
  });

  it('ends the run if its time cannot be read', () => {
    const state = {
      ...published(300),
      versions: [...published(300, 200).versions.slice(0, 1), { version: '2', published: '' }],
    };
    expect(() => kept(state)).toThrow('classify:2: expected the time of its publication');
  });
});

it('jobs need a version for as long as one may run and be redriven', () => {
  const jobs = {
    concurrency: 4,
    memoryMiB: 1769,
    maxUploadBytes: 1e6,
    keepDays: 7,
    maxHours: 25,
    sources: [],
  };
  // A redrive in the last minute has 25 hours again.
  expect(daysOfJobs(jobs)).toBe(3 + 14 + 1);
  expect(daysOfJobs('off')).toBe(0);
});

describe('an image', () => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const assetTag = 'e'.repeat(64);
  const image = (changes: Partial<StoredImage> = {}): StoredImage => ({
    digest,
    tags: [`${'c'.repeat(40)}-x86_64`],
    pushed: daysAgo(31),
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    subject: undefined,
    bytes: 1,
    ...changes,
  });
  const why = (changes: Partial<StoredImage> = {}, ...used: readonly string[]) =>
    decideImages([image(changes)], new Set(used), { days: 30 }, NOW)[0]?.keptBy;

  it('is deleted if nothing needs it, whether it was published or built by the CDK', () => {
    expect(why()).toBeUndefined();
    expect(why({ tags: [assetTag] })).toBeUndefined();
    expect(why({ tags: [`${'c'.repeat(40)}-arm64`] })).toBeUndefined();
    expect(why({ mediaType: 'application/vnd.oci.image.manifest.v1+json' })).toBeUndefined();
  });

  it.each([
    ['a function has its digest', {}, [digest], 'a function'],
    ['a function has one of its tags', { tags: [assetTag] }, [assetTag], 'a function'],
    ['it was pushed lately', { pushed: daysAgo(29) }, [], 'pushed within 30 days'],
    ['nobody knows when it was pushed', { pushed: undefined }, [], 'pushed within 30 days'],
    ['it has no tag, and so may belong to an index', { tags: [] }, [], 'it has no tag'],
    ['one of its tags is of somebody else', { tags: [assetTag, 'release'] }, [], 'a tag of somebody else'],
    [
      'it is an index',
      { mediaType: 'application/vnd.oci.image.index.v1+json' },
      [],
      'it is not a single image',
    ],
    ['its type is unknown', { mediaType: undefined }, [], 'it is not a single image'],
  ])('is kept if %s', (_, changes, used, reason) => {
    expect(why(changes, ...used)).toBe(reason);
  });

  it('keeps its signatures as long as it is there itself, and young ones', () => {
    const signature = (changes: Partial<StoredImage>) =>
      image({ digest: `sha256:${'5'.repeat(64)}`, tags: [], subject: digest, ...changes });
    const whyOf = (...images: readonly StoredImage[]) =>
      decideImages(images, new Set(), { days: 30 }, NOW).map(({ keptBy }) => keptBy);
    expect(whyOf(image(), signature({}))).toEqual([undefined, 'its image']);
    expect(whyOf(signature({}))).toEqual([undefined]);
    expect(whyOf(signature({ pushed: daysAgo(29) }))).toEqual(['pushed within 30 days']);
  });
});
