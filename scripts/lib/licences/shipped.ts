import { partsFor } from '../image/parts.ts';
import { bundledPackages } from './bundled.ts';
import type { Facts, PackageFacts, Part } from './facts.ts';
import type { LockedPackage } from './lock.ts';
import { licencesReliedOn } from './policy.ts';
import { ownTexts, packageSource, packageTexts, standardTexts } from './texts.ts';

/** A distributed component, with the notice that its licence requires. */
export interface Notice {
  readonly name: string;
  readonly version?: string | undefined;
  readonly licence: string;
  readonly source?: string | undefined;
  readonly copyright: readonly string[];
  readonly texts: readonly string[];
}

export interface Section {
  /** `npm` for packages, `contained` for what compiled files contain. */
  readonly kind: 'npm' | 'contained';
  readonly title: string;
  readonly about: string;
  readonly notices: readonly Notice[];
}

export interface Locks {
  readonly service: ReadonlyMap<string, LockedPackage>;
  readonly client: ReadonlyMap<string, LockedPackage>;
}

const ARCHITECTURES = ['x64', 'arm64'];

/** The components of the image and of the bundles, in sections. @throws Error for an unknown package */
export async function shippedSections(locks: Locks, facts: Facts): Promise<readonly Section[]> {
  const bundled = await bundledPackages();
  const copied = new Map(ARCHITECTURES.flatMap(partsFor).map(([name, ...paths]) => [name, paths]));
  return [
    {
      kind: 'npm',
      title: 'Packages inside the bundles',
      about: 'Their code is part of the *.mjs files.',
      notices: await Promise.all(bundled.map((folder) => noticeOf(folder, locks.service, facts.packages))),
    },
    {
      kind: 'npm',
      title: 'Packages beside the bundles',
      about: 'In node_modules of the image for linux/amd64 or for linux/arm64.',
      notices: await Promise.all(
        [...copied].map(([name, paths]) =>
          noticeOf(
            `node_modules/${name}`,
            locks.service,
            facts.packages,
            paths.filter((path) => path.endsWith('.LICENSE.txt')),
          ),
        ),
      ),
    },
    {
      kind: 'npm',
      title: "Lambda's runtime interface client",
      about: 'In node_modules of the image.',
      notices: await Promise.all(
        Object.keys(facts.client).map((name) => noticeOf(`node_modules/${name}`, locks.client, facts.client)),
      ),
    },
    ...(await Promise.all(
      facts.contents.map(async ({ title, about, parts }) => ({
        kind: 'contained' as const,
        title,
        about,
        notices: await Promise.all(parts.map(noticeOfPart)),
      })),
    )),
  ];
}

async function noticeOf(
  folder: string,
  lock: ReadonlyMap<string, LockedPackage>,
  facts: Readonly<Record<string, PackageFacts>>,
  otherTexts: readonly string[] = [],
): Promise<Notice> {
  const locked = lock.get(folder);
  if (!locked) throw new Error(`${folder}: expected a package of the lock file, got none`);
  const { name, version } = locked;
  const known = facts[name];
  // A package that facts.json does not describe brings its own text, the same on every machine. Packages for
  // other platforms are not installed.
  const own = known?.like ? `node_modules/${known.like}` : known ? undefined : folder;
  const texts = own
    ? await packageTexts(own, otherTexts)
    : await standardTexts(licencesReliedOn({ ...locked, isTool: false }) ?? []);
  if (texts.length === 0)
    throw new Error(`${name}: expected the text of its licence, got none. Add it to facts.json.`);
  return {
    name,
    version,
    licence: locked.licence ?? 'none',
    source: known?.source ?? (await packageSource(own ?? folder)),
    copyright: known?.copyright ?? [],
    texts,
  };
}

async function noticeOfPart({
  name,
  version,
  licence,
  source,
  copyright = [],
  texts,
}: Part): Promise<Notice> {
  return {
    name,
    version,
    licence,
    source,
    copyright,
    texts: texts
      ? await ownTexts(texts)
      : await standardTexts(licencesReliedOn({ name, licence, isTool: false }) ?? []),
  };
}
