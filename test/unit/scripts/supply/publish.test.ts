import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attestBuild } from '../../../../scripts/lib/supply/attest.ts';
import { copyImage } from '../../../../scripts/lib/supply/copy.ts';
import { findPublished } from '../../../../scripts/lib/supply/find.ts';
import { MODELS, REVISION } from '../../../../scripts/lib/supply/labels.ts';
import { pushArchive, pushOnce } from '../../../../scripts/lib/supply/push.ts';
import { logIn } from '../../../../scripts/lib/supply/registry/login.ts';
import { readConfig } from '../../../../scripts/lib/supply/registry/read.ts';
import { saveImage } from '../../../../scripts/lib/supply/save.ts';
import { attestImage, signImage } from '../../../../scripts/lib/supply/sign.ts';
import { tagImage } from '../../../../scripts/lib/supply/tag.ts';
import { runTool } from '../../../../scripts/lib/supply/tools.ts';
import { verifyImage } from '../../../../scripts/lib/supply/verify.ts';
import { run } from '../../../../scripts/lib/system/run.ts';
import {
  COMMIT,
  makeImage,
  makeKey,
  missingTools,
  provenanceOf,
  SBOM,
  startRegistry,
  type TestRegistry,
} from './registry.ts';

describe.skipIf(missingTools.length > 0)('a published image', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  const tagsOf = async (repository: string): Promise<readonly string[]> =>
    (await runTool('crane', ['ls', repository])).split('\n');

  test('is pushed under a temporary tag only, with its labels', async () => {
    const archive = `${registry.folder}/image.tar`;
    await runTool('crane', ['pull', await makeImage(registry, 'push/source'), archive]);
    const to = `${registry.host}/push/target`;
    const { repository, digest, image } = await pushArchive(archive, to);
    const [tag = '', ...others] = await tagsOf(repository);
    expect(others).toEqual([]);
    expect(tag).toMatch(/^build-[0-9a-f-]{36}$/);
    expect(await runTool('crane', ['digest', `${to}:${tag}`])).toBe(digest);
    using login = await logIn(registry.host);
    expect(await readConfig(image, login)).toEqual({
      architecture: 'amd64',
      labels: { [REVISION]: COMMIT, [MODELS]: 'resnet50' },
    });
  });

  test('is saved by its digest, and by nothing else', async () => {
    const image = await makeImage(registry, 'save/source');
    const file = `${registry.folder}/saved.tar`;
    await saveImage(image, file);
    const { config } = JSON.parse(await runTool('crane', ['manifest', image]));
    const [saved] = JSON.parse(
      await run('tar', ['--extract', '--to-stdout', '--file', file, 'manifest.json']),
    );
    expect(saved.Config).toBe(config.digest);
    await expect(saveImage(`${registry.host}/save/source:latest`, file)).rejects.toThrow(/digest/);
  });

  test('is pushed once: a run that is repeated takes what is published', async () => {
    const to = `${registry.host}/once/target`;
    const push = async (source: string) => {
      const archive = `${registry.folder}/${source}.tar`;
      await runTool('crane', ['pull', await makeImage(registry, `once/${source}`), archive]);
      return { archive, ...(await pushOnce({ archive, to, commit: COMMIT, architecture: 'x86_64' })) };
    };
    const first = await push('first');
    const beforeItsTag = await push('again');
    expect([first.isNew, beforeItsTag.isNew]).toEqual([true, true]);
    await tagImage(first.image, COMMIT, 'x86_64');
    const tags = await tagsOf(to);
    const repeated = await push('repeated');
    expect(repeated).toMatchObject({ isNew: false, image: first.image });
    expect(await tagsOf(to)).toEqual(tags);
    // What is read from the archive, such as the SBOM, is about the published image.
    const { digest } = await pushArchive(repeated.archive, `${registry.host}/once/check`);
    expect(digest).toBe(first.digest);
  });

  test('is found by its commit only after its last step', async () => {
    const image = await makeImage(registry, 'find/images');
    const [repository = '', digest] = image.split('@');
    const wanted = { repository, commit: COMMIT, architecture: 'x86_64' } as const;
    const key = await makeKey(registry, 'find');
    await signImage(image, key.secret);
    await expect(findPublished(wanted)).rejects.toThrow(
      `${repository}: expected the tag ${COMMIT}-x86_64, got none`,
    );
    await tagImage(image, COMMIT, 'x86_64');
    expect(await findPublished(wanted)).toEqual({ image, digest });
    await expect(findPublished({ ...wanted, architecture: 'arm64' })).rejects.toThrow('got none');
    await expect(findPublished({ ...wanted, repository: `${registry.host}/none/there` })).rejects.toThrow(
      'got none',
    );
  });

  test('is not attested by a checkout of another commit', async () => {
    const image = await makeImage(registry, 'attest/images');
    await expect(attestBuild({ image, spdx: SBOM.content })).rejects.toThrow(
      new RegExp(`expected an image of commit [0-9a-f]{40}, got one of ${COMMIT}`),
    );
  });

  test('gets its tag once, and the tag never moves', async () => {
    const first = await makeImage(registry, 'tag/images');
    expect(await tagImage(first, COMMIT, 'x86_64')).toBe(`${COMMIT}-x86_64`);
    expect(await tagImage(first, COMMIT, 'x86_64')).toBe(`${COMMIT}-x86_64`);
    const second = await makeImage(registry, 'tag/images');
    await expect(tagImage(second, COMMIT, 'x86_64')).rejects.toThrow(
      `expected ${second.split('@')[1]}, got ${first.split('@')[1]}: a tag never moves`,
    );
  });

  test('gets no tag of another commit or architecture', async () => {
    const image = await makeImage(registry, 'wrong/images');
    const other = COMMIT.replaceAll('0', 'f');
    await expect(tagImage(image, other, 'x86_64')).rejects.toThrow(
      `expected commit ${other} for amd64, got ${COMMIT} for amd64`,
    );
    await expect(tagImage(image, COMMIT, 'arm64')).rejects.toThrow('for arm64, got');
    expect(await tagsOf(`${registry.host}/wrong/images`)).toEqual(['base', 'build']);
  });

  describe('copied to the repository of a stage', () => {
    let image: string;
    let key: { secret: string; open: string };
    const tag = `${COMMIT}-x86_64`;
    beforeAll(async () => {
      image = await makeImage(registry, 'copy/images');
      key = await makeKey(registry, 'copy');
      await signImage(image, key.secret);
      await attestImage(image, [provenanceOf(COMMIT), SBOM], key.secret);
    });

    test('keeps its digest, its signatures and its attestations', async () => {
      const to = `${registry.host}/copy/stage`;
      const copy = await copyImage({ from: image, to, tag });
      expect(copy).toBe(`${to}@${image.split('@')[1]}`);
      const findings = await verifyImage({ image: copy, commit: COMMIT, trust: { key: key.open } });
      expect(findings.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(await runTool('crane', ['digest', `${to}:${tag}`])).toBe(image.split('@')[1]);
      // A second deployment of the same commit finds it there.
      expect(await copyImage({ from: image, to, tag })).toBe(copy);
    });

    test('is not copied over another image', async () => {
      const other = await makeImage(registry, 'copy/taken');
      const to = `${registry.host}/copy/taken`;
      await tagImage(other, COMMIT, 'x86_64');
      await expect(copyImage({ from: image, to, tag })).rejects.toThrow('a tag never moves');
      await expect(runTool('crane', ['digest', `${to}@${image.split('@')[1]}`])).rejects.toThrow();
    });

    test('has no tag if the copy breaks off', async () => {
      const to = `${registry.host}/copy/broken`;
      const gone = image.replace(/[0-9a-f]{64}$/, '0'.repeat(64));
      await expect(copyImage({ from: gone, to, tag })).rejects.toThrow('expected exit code 0');
      await expect(runTool('crane', ['digest', `${to}:${tag}`])).rejects.toThrow();
    });
  });
});
