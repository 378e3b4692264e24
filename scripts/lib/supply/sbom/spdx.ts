import { z } from 'zod';
import { type Component, identityOf, isUrl, purlOf } from './component.ts';

const packageSchema = z.looseObject({
  SPDXID: z.string(),
  name: z.string(),
  versionInfo: z.string().optional(),
  primaryPackagePurpose: z.string().optional(),
});

export const spdxSchema = z.looseObject({
  spdxVersion: z.literal('SPDX-2.3'),
  packages: z.array(packageSchema),
  relationships: z.array(z.looseObject({})),
});

export type SpdxDocument = z.output<typeof spdxSchema>;

const UNKNOWN = 'NOASSERTION';

/** Adds components to a document of syft, unless it has them. Source: spdx.github.io/spdx-spec/v2.3. */
export function addToSpdx(document: SpdxDocument, components: readonly Component[]): SpdxDocument {
  const root = document.packages.find(({ primaryPackagePurpose }) => primaryPackagePurpose === 'CONTAINER');
  if (!root) throw new Error('SPDX: expected a package for the image, got none');
  const known = new Set(
    document.packages.map(({ name, versionInfo }) => identityOf({ name, version: versionInfo })),
  );
  const added = components
    .filter((component) => !known.has(identityOf(component)))
    .map((component) => packageOf(component));
  return {
    ...document,
    packages: [...document.packages, ...added],
    relationships: [
      ...document.relationships,
      ...added.map(({ SPDXID }) => ({
        spdxElementId: root.SPDXID,
        relatedSpdxElement: SPDXID,
        relationshipType: 'CONTAINS',
      })),
    ],
  };
}

const WHERE = {
  npm: 'its code is in the bundles *.mjs',
  contained: 'compiled into a shared library',
  model: 'a model bundle in /var/task/models',
} as const satisfies Record<Component['kind'], string>;

function packageOf(component: Component) {
  const { kind, name, version, licence, licenceNote, copyright, source, sha256 } = component;
  return {
    // Letters, digits, dots and hyphens only.
    SPDXID: `SPDXRef-Package-${kind}-${`${name}-${version ?? ''}`.replace(/[^A-Za-z0-9.]+/g, '-')}`,
    name,
    ...(version ? { versionInfo: version } : {}),
    supplier: UNKNOWN,
    downloadLocation: isUrl(source) ? source : UNKNOWN,
    filesAnalyzed: false,
    sourceInfo: source && !isUrl(source) ? `${WHERE[kind]}, from: ${source}` : WHERE[kind],
    licenseConcluded: UNKNOWN,
    licenseDeclared: licence ?? UNKNOWN,
    ...(licenceNote ? { licenseComments: licenceNote } : {}),
    copyrightText: copyright.join('\n') || UNKNOWN,
    ...(sha256 ? { checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] } : {}),
    primaryPackagePurpose: kind === 'model' ? 'FILE' : 'LIBRARY',
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purlOf(component) },
    ],
  };
}
