import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { partsFor } from '../../image/parts.ts';
import { readFacts } from '../../licences/facts.ts';
import { readLock } from '../../licences/lock.ts';
import { shippedSections } from '../../licences/shipped.ts';
import { REPOSITORY } from '../../paths.ts';
import type { Architecture } from '../architecture.ts';
import type { Component } from './component.ts';

/** Node's names of the architectures. */
const NODE_ARCHITECTURES = { x86_64: 'x64', arm64: 'arm64' } as const;

/**
 * What THIRD-PARTY-NOTICES lists for one architecture, and the model bundles of the image: all that syft may not find.
 *
 * @param models folders in models/.
 */
export async function knownComponents(
  architecture: Architecture,
  models: readonly string[],
): Promise<readonly Component[]> {
  return [...(await shippedComponents(architecture)), ...(await Promise.all(models.map(modelComponent)))];
}

async function shippedComponents(architecture: Architecture): Promise<readonly Component[]> {
  const service = await readLock(`${REPOSITORY}package-lock.json`);
  const client = await readLock(`${REPOSITORY}scripts/image/client/package-lock.json`);
  const sections = await shippedSections({ service, client }, await readFacts());
  const foreign = foreignPackages(architecture);
  return sections.flatMap(({ kind, notices }) =>
    notices
      .filter(({ name }) => !foreign.has(name))
      .map(({ name, version, licence, copyright, source }) => ({
        kind,
        name,
        version,
        licence,
        copyright,
        source,
      })),
  );
}

/** The packages that only an image for another architecture has. */
function foreignPackages(architecture: Architecture): ReadonlySet<string> {
  const namesFor = (arch: string) => partsFor(arch).map(([name]) => name);
  const own = new Set(namesFor(NODE_ARCHITECTURES[architecture]));
  return new Set(
    Object.values(NODE_ARCHITECTURES)
      .flatMap(namesFor)
      .filter((name) => !own.has(name)),
  );
}

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  sha256: z.string(),
  licence: z.string(),
  provenance: z.object({ source: z.string() }),
});

async function modelComponent(folder: string): Promise<Component> {
  const text = await readFile(`${REPOSITORY}models/${folder}/manifest.json`, 'utf8');
  const { name, version, sha256, licence, provenance } = manifestSchema.parse(JSON.parse(text));
  // A manifest says more than an expression can, after a semicolon.
  const [expression = '', note] = licence.split(/;\s*/, 2);
  const isExpression = /^[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$/.test(expression);
  return {
    kind: 'model',
    name,
    version,
    licence: isExpression ? expression : undefined,
    licenceNote: isExpression ? note : licence,
    copyright: [],
    source: provenance.source,
    sha256,
  };
}
