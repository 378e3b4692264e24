import { z } from 'zod';
import { type Component, identityOf, isUrl, purlOf } from './component.ts';

export const cyclonedxSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(
    z.looseObject({
      'bom-ref': z.string().optional(),
      name: z.string(),
      version: z.string().optional(),
      purl: z.string().optional(),
    }),
  ),
});

export type CyclonedxDocument = z.output<typeof cyclonedxSchema>;

/** Adds components to a document of syft, unless it has them. Source: cyclonedx.org/docs/1.6/json. */
export function addToCyclonedx(
  document: CyclonedxDocument,
  components: readonly Component[],
): CyclonedxDocument {
  const known = new Set(document.components.map(identityOf));
  const added = components
    .filter((component) => !known.has(identityOf(component)))
    .map((component) => componentOf(component));
  return { ...document, components: [...document.components, ...added] };
}

function componentOf(component: Component) {
  const { kind, name, version, licence, licenceNote, copyright, source, sha256 } = component;
  return {
    'bom-ref': `${kind}:${identityOf(component)}`,
    type: kind === 'model' ? 'machine-learning-model' : 'library',
    name,
    ...(version ? { version } : {}),
    ...(source && !isUrl(source) ? { description: source } : {}),
    ...(sha256 ? { hashes: [{ alg: 'SHA-256', content: sha256 }] } : {}),
    ...licencesOf(licence, licenceNote),
    ...(copyright.length > 0 ? { copyright: copyright.join('\n') } : {}),
    purl: purlOf(component),
    ...(isUrl(source) ? { externalReferences: [{ type: 'website', url: source }] } : {}),
  };
}

/** An expression, or one licence in words: CycloneDX allows no list of both. */
function licencesOf(expression: string | undefined, note: string | undefined) {
  if (!expression) return note ? { licenses: [{ license: { name: note } }] } : {};
  if (!note) return { licenses: [{ expression }] };
  return { licenses: [{ license: { name: `${expression}; ${note}` } }] };
}
