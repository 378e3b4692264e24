import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyImageFiles, readImages } from '../../../../scripts/lib/release/images.ts';

const digestOf = (byte: string) => `sha256:${byte.repeat(32)}`;

/** A folder with the artifacts of these architectures. */
async function artifacts(versions: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [architecture, version] of Object.entries(versions)) {
    await mkdir(join(folder, architecture));
    await writeFile(join(folder, architecture, 'signature.json'), '{}');
    if (version === undefined) continue;
    const sbom = { bomFormat: 'CycloneDX', metadata: { component: { name: 'images', version } } };
    await writeFile(join(folder, architecture, 'sbom.cyclonedx.json'), JSON.stringify(sbom));
  }
  return folder;
}

test('a release has the images of all architectures, with their files', async () => {
  const folder = await artifacts({ arm64: digestOf('0b'), x86_64: digestOf('0a') });
  const images = await readImages(folder);
  expect(images).toMatchObject([
    { architecture: 'x86_64', digest: digestOf('0a') },
    { architecture: 'arm64', digest: digestOf('0b') },
  ]);
  const target = await artifacts({});
  await copyImageFiles(images, target);
  expect((await readdir(target)).sort()).toEqual([
    'arm64-sbom.cyclonedx.json',
    'arm64-signature.json',
    'x86_64-sbom.cyclonedx.json',
    'x86_64-signature.json',
  ]);
});

test('a release without published images has none', async () => {
  expect(await readImages(join(await artifacts({}), 'images'))).toEqual([]);
  expect(await readImages(await artifacts({}))).toEqual([]);
});

test.each([
  [
    'no SBOM',
    undefined,
    'x86_64/sbom.cyclonedx.json: expected the SBOM of the image for x86_64, got no file',
  ],
  [
    'a version instead of the digest',
    '1.0.0',
    'expected the digest of the image as metadata.component.version',
  ],
])('an image with %s is refused', async (_, version, message) => {
  await expect(readImages(await artifacts({ x86_64: version }))).rejects.toThrow(message);
});
