import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attestImage, signImage } from '../../../../scripts/lib/supply/sign.ts';
import { runTool } from '../../../../scripts/lib/supply/tools.ts';
import { readBundles, type Verification, verifyImage } from '../../../../scripts/lib/supply/verify.ts';
import {
  COMMIT,
  makeImage,
  makeKey,
  missingTools,
  provenanceOf,
  REPOSITORY_NAME,
  SBOM,
  startRegistry,
  type TestRegistry,
} from './registry.ts';

const OTHER_COMMIT = COMMIT.replaceAll('0', 'f');

describe.skipIf(missingTools.length > 0)('the verification of an image', () => {
  let registry: TestRegistry;
  let key: { secret: string; open: string };
  /** Signed and attested as publish-image.yml does it. */
  let image: string;

  beforeAll(async () => {
    registry = await startRegistry();
    key = await makeKey(registry, 'own');
    image = await makeImage(registry, 'images/signed', { models: 'resnet50,efficientnet-lite2' });
    await signImage(image, key.secret);
    await attestImage(image, [provenanceOf(COMMIT), SBOM], key.secret);
  });
  afterAll(() => registry?.stop());

  /** What is wrong with an image, by the names of the checks. */
  async function failures(changes: Partial<Verification> = {}): Promise<Readonly<Record<string, string>>> {
    const findings = await verifyImage({
      image,
      commit: COMMIT,
      architecture: 'x86_64',
      models: ['resnet50'],
      trust: { key: key.open, repository: REPOSITORY_NAME },
      ...changes,
    });
    expect(findings).toHaveLength(4);
    return Object.fromEntries(
      findings.filter(({ status }) => status !== 'ok').map(({ name, found }) => [name, found]),
    );
  }

  test('accepts what was signed and attested with the key', async () => {
    expect(await failures()).toEqual({});
  });

  test('accepts an image that was attested twice, as after a retry', async () => {
    const retried = await makeImage(registry, 'images/retried');
    await signImage(retried, key.secret);
    await attestImage(retried, [provenanceOf(OTHER_COMMIT), provenanceOf(COMMIT), SBOM], key.secret);
    expect(await failures({ image: retried })).toEqual({});
  });

  test('refuses an image that nobody has signed', async () => {
    const unsigned = await makeImage(registry, 'images/unsigned');
    expect(await failures({ image: unsigned })).toEqual({
      signature: expect.stringMatching(
        /^expected a signature of .*unsigned@sha256:.*, got none: no signatures/,
      ),
      provenance: expect.stringContaining('expected provenance'),
      SBOM: expect.stringContaining('expected an SBOM'),
    });
  });

  test('refuses an image that another key has signed', async () => {
    const other = await makeKey(registry, 'other');
    expect(Object.keys(await failures({ trust: { key: other.open } }))).toEqual([
      'signature',
      'provenance',
      'SBOM',
    ]);
  });

  test('refuses an image that is attested but not signed', async () => {
    const attested = await makeImage(registry, 'images/attested');
    await attestImage(attested, [provenanceOf(COMMIT), SBOM], key.secret);
    expect(await failures({ image: attested })).toEqual({
      signature: expect.stringContaining('only other statements are signed'),
    });
  });

  test('refuses provenance of another commit, although the label names the right one', async () => {
    const moved = await makeImage(registry, 'images/moved');
    await signImage(moved, key.secret);
    await attestImage(moved, [provenanceOf(OTHER_COMMIT), SBOM], key.secret);
    expect(await failures({ image: moved })).toEqual({
      provenance: expect.stringContaining(`expected commit ${COMMIT}, got ${OTHER_COMMIT}`),
    });
  });

  test('refuses provenance of another repository', async () => {
    const trust = { key: key.open, repository: 'octo-org/fork' };
    expect(await failures({ trust })).toEqual({
      provenance: expect.stringContaining(
        `expected repository https://github.com/octo-org/fork, got https://github.com/${REPOSITORY_NAME}`,
      ),
    });
  });

  test('refuses statements about another image, put beside this one', async () => {
    const target = await makeImage(registry, 'images/target');
    for (const [index, bundle] of (await readBundles(image)).trim().split('\n').entries()) {
      const file = join(registry.folder, `bundle-${index}.json`);
      await writeFile(file, bundle);
      const type = 'application/vnd.dev.sigstore.bundle.v0.3+json';
      const attach = ['attach', '--plain-http', '--disable-path-validation', '--artifact-type', type];
      await runTool('oras', [...attach, target, `${file}:${type}`]);
    }
    expect(await bundlesOf(target)).toBe(3);
    expect(Object.keys(await failures({ image: target }))).toEqual(['signature', 'provenance', 'SBOM']);
  });

  test('refuses an image without an SBOM', async () => {
    const opaque = await makeImage(registry, 'images/opaque');
    await signImage(opaque, key.secret);
    await attestImage(opaque, [provenanceOf(COMMIT)], key.secret);
    expect(await failures({ image: opaque })).toEqual({
      SBOM: expect.stringContaining('none of the attestations matched the predicate type'),
    });
  });

  test('refuses an SBOM that lists nothing', async () => {
    const empty = await makeImage(registry, 'images/empty');
    await signImage(empty, key.secret);
    const nothing = { ...SBOM, content: { spdxVersion: 'SPDX-2.3', packages: [] } };
    await attestImage(empty, [provenanceOf(COMMIT), nothing], key.secret);
    expect(await failures({ image: empty })).toEqual({
      SBOM: expect.stringContaining('the document lists no packages'),
    });
  });

  test('refuses another architecture, another commit and a missing model', async () => {
    expect(await failures({ architecture: 'arm64' })).toEqual({
      image: expect.stringContaining('expected architecture arm64, got amd64'),
    });
    expect(await failures({ models: ['resnet50', 'custom'] })).toEqual({
      image: expect.stringContaining('expected the models custom, got resnet50, efficientnet-lite2'),
    });
    const { image: config, provenance } = await failures({ commit: OTHER_COMMIT });
    expect(config).toContain(
      `expected label org.opencontainers.image.revision ${OTHER_COMMIT}, got ${COMMIT}`,
    );
    expect(provenance).toContain(`expected commit ${OTHER_COMMIT}, got ${COMMIT}`);
  });

  test('prints no commands that a label has for a terminal or for GitHub', async () => {
    const hostile = await makeImage(registry, 'images/hostile', { commit: '\x1b[2J\n::add-mask::a' });
    const { image: found } = await failures({ image: hostile });
    expect(found).toBe(
      `${hostile}: expected label org.opencontainers.image.revision ${COMMIT}, got  ::add-mask::a`,
    );
  });

  test('refuses an index of several images, even if it is signed', async () => {
    const parts = await Promise.all(
      ['linux/amd64', 'linux/arm64'].map((platform, part) =>
        makeImage(registry, `images/part-${part}`, { platform }),
      ),
    );
    const to = `${registry.host}/images/index`;
    await runTool('crane', ['index', 'append', '-t', `${to}:all`, ...parts.flatMap((part) => ['-m', part])]);
    const index = `${to}@${await runTool('crane', ['digest', `${to}:all`])}`;
    await signImage(index, key.secret);
    await attestImage(index, [provenanceOf(COMMIT), SBOM], key.secret);
    expect(await failures({ image: index })).toEqual({
      image: expect.stringContaining('expected an image for one platform, got an index of 2'),
    });
  });

  test('refuses a tag, which can name another image tomorrow', async () => {
    await expect(failures({ image: `${registry.host}/images/signed:build` })).rejects.toThrow(
      'expected an image by its digest',
    );
  });

  const bundlesOf = async (of: string): Promise<number> => (await readBundles(of)).trim().split('\n').length;
});
