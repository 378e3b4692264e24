import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';
import type { Component } from '../../../../scripts/lib/supply/sbom/component.ts';
import { knownComponents } from '../../../../scripts/lib/supply/sbom/components.ts';
import { addToCyclonedx, type CyclonedxDocument } from '../../../../scripts/lib/supply/sbom/cyclonedx.ts';
import { debianPackages, requireDebianPackages } from '../../../../scripts/lib/supply/sbom/debian.ts';
import { addToSpdx, type SpdxDocument } from '../../../../scripts/lib/supply/sbom/spdx.ts';

/** As syft writes it: it finds a package that lies beside the bundles, and Go modules. */
const SPDX: SpdxDocument = {
  spdxVersion: 'SPDX-2.3',
  packages: [
    { SPDXID: 'SPDXRef-Package-npm-sharp-1', name: 'sharp', versionInfo: '0.35.5' },
    { SPDXID: 'SPDXRef-Package-go-1', name: 'github.com/google/uuid', versionInfo: 'v1.6.0' },
    { SPDXID: 'SPDXRef-DocumentRoot-1', name: 'resnet50-images', primaryPackagePurpose: 'CONTAINER' },
  ],
  relationships: [],
};
const CYCLONEDX: CyclonedxDocument = {
  bomFormat: 'CycloneDX',
  components: [
    { name: 'sharp', version: '0.35.5' },
    { name: 'github.com/google/uuid', version: 'v1.6.0' },
  ],
};

const BUNDLES = ['resnet50', 'efficientnet-lite2'];

describe('the contents of an image', () => {
  let components: readonly Component[];
  let spdx: SpdxDocument;
  let cyclonedx: CyclonedxDocument;
  beforeAll(async () => {
    components = await knownComponents('x86_64', BUNDLES);
    spdx = addToSpdx(SPDX, components);
    cyclonedx = addToCyclonedx(CYCLONEDX, components);
  });

  test('list everything that THIRD-PARTY-NOTICES names for the architecture', async () => {
    const notices = await readFile(`${REPOSITORY}THIRD-PARTY-NOTICES`, 'utf8');
    // A name, a version if there is one, and on the next line its licence.
    const named = [...notices.matchAll(/^(\S.*)\n {4}Licence: /gm)]
      .map(([, entry = '']) => entry)
      .filter((entry) => !/-linux-arm64/.test(entry));
    expect(named.length).toBeGreaterThan(100);
    const entryOf = (name: string, version?: string) =>
      version ? `${name} ${version.replace(/^v/, '')}` : name;
    const inSpdx = new Set(spdx.packages.map(({ name, versionInfo }) => entryOf(name, versionInfo)));
    const inCyclonedx = new Set(cyclonedx.components.map(({ name, version }) => entryOf(name, version)));
    const plain = named.map((entry) => entry.replace(/ v(?=\d[^ ]*$)/, ' '));
    expect(plain.filter((entry) => !inSpdx.has(entry))).toEqual([]);
    expect(plain.filter((entry) => !inCyclonedx.has(entry))).toEqual([]);
  });

  test('list no package of another architecture', () => {
    expect(components.filter(({ name }) => name.includes('arm64'))).toEqual([]);
  });

  test.each(BUNDLES)('have the checksum, the licence and the source of the model %s', async (folder) => {
    const manifest = JSON.parse(await readFile(`${REPOSITORY}models/${folder}/manifest.json`, 'utf8'));
    expect(spdx.packages.find(({ name }) => name === manifest.name)).toMatchObject({
      versionInfo: manifest.version,
      licenseDeclared: 'Apache-2.0',
      licenseComments: expect.stringContaining('README.md'),
      sourceInfo: expect.stringContaining(manifest.provenance.source),
      checksums: [{ algorithm: 'SHA256', checksumValue: manifest.sha256 }],
    });
    expect(cyclonedx.components.find(({ name }) => name === manifest.name)).toMatchObject({
      type: 'machine-learning-model',
      version: manifest.version,
      licenses: [{ license: { name: manifest.licence } }],
      description: manifest.provenance.source,
      hashes: [{ alg: 'SHA-256', content: manifest.sha256 }],
    });
  });

  test('list nothing twice, and each entry has an id of its own', () => {
    const ids = spdx.packages.map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^SPDXRef-[A-Za-z0-9.-]+$/.test(id))).toBe(true);
    expect(spdx.packages.filter(({ name }) => name === 'sharp')).toHaveLength(1);
    expect(spdx.packages.filter(({ name }) => name === 'github.com/google/uuid')).toHaveLength(1);
    const references = cyclonedx.components.flatMap((component) => component['bom-ref'] ?? []);
    expect(new Set(references).size).toBe(references.length);
  });

  test('are refused if syft has not found the Debian packages', async () => {
    const names = await debianPackages();
    expect(names).toContain('libc6');
    const found = names.map((name) => ({
      name,
      purl: `pkg:deb/debian/${encodeURIComponent(name)}@1?arch=amd64`,
    }));
    requireDebianPackages({ ...CYCLONEDX, components: found }, names);
    expect(() => requireDebianPackages({ ...CYCLONEDX, components: found.slice(1) }, names)).toThrow(
      `got none of ${names[0]}`,
    );
  });

  test('belong to the image', () => {
    expect(spdx.relationships).toContainEqual({
      spdxElementId: 'SPDXRef-DocumentRoot-1',
      relatedSpdxElement: 'SPDXRef-Package-model-resnet50-1.0.0',
      relationshipType: 'CONTAINS',
    });
  });
});
