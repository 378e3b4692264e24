import { describe, expect, it } from 'vitest';
import { readStage } from '../../../../lib/stages.ts';
import { publishedImage } from '../../../../scripts/lib/deploy/published.ts';
import { checkWorkingTree, headCommit } from '../../../../scripts/lib/deploy/working-tree.ts';

const commit = 'c'.repeat(40);
const host = '111122223333.dkr.ecr.eu-central-1.amazonaws.com';
const digest = `sha256:${'d'.repeat(64)}`;

describe('the templates', () => {
  const check = (head: string, status: string, isStrict: boolean) =>
    checkWorkingTree(commit, isStrict, async (command) => (command === 'rev-parse' ? head : status));

  it('are those of the image’s commit', async () => {
    expect(await check(commit, '', true)).toMatchObject({ status: 'ok' });
    expect(await headCommit(async (...args) => args.join(' '))).toBe('rev-parse HEAD');
  });

  it.each([
    ['of another commit', 'f'.repeat(40), '', `the image is of ${commit}, and the templates are of f`],
    ['changed by hand', commit, ' M cdk.json\n M lib/app.ts', '2 files differ'],
  ])('end a deployment of a workflow if they are %s, and warn a person', async (_, head, status, found) => {
    expect(await check(head, status, true)).toMatchObject({
      status: 'fail',
      found: expect.stringContaining(found),
    });
    expect(await check(head, status, false)).toMatchObject({ status: 'warn' });
  });
});

describe('an image that is named by its digest', () => {
  const published = (image: string, use: 'copy' | 'shared' | undefined) =>
    publishedImage({
      stage: readStage('prod'),
      source: { kind: 'image', image, commit },
      trust: { key: 'cosign.pub' },
      images: use && { use, readers: [] },
      place: async () => ({ account: '111122223333', region: 'eu-central-1' }),
      isStrict: true,
    });
  const copy = `${host}/cdk-r50prod-container-assets-111122223333-eu-central-1@${digest}`;
  const original = `${host}/resnet50-images@${digest}`;

  it('is found without asking, and never by a tag', async () => {
    expect(await published(original, 'copy').find()).toBe(original);
    await expect(published(`${host}/resnet50-images:latest`, 'copy').find()).rejects.toThrow(
      'expected an image by its digest',
    );
  });

  it.each([
    ['it is a copy already', copy, 'copy' as const],
    ['the stages share it', original, 'shared' as const],
    ['the stage has no pipeline', original, undefined],
  ])('is not copied if %s', async (_, image, use) => {
    expect(await published(image, use).provide(image)).toBe(image);
  });
});
