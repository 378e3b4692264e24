import { foldersUp, type LockEntries, type LockEntry, nameIn, requestsOf } from './lock.ts';
import { reachable } from './reachable.ts';

/** The base64 text of 64 bytes. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
/** Versions, ranges and tags of the registry have none of these characters: URLs and folders do. */
const NOT_FROM_REGISTRY = /[:/]/;
/** Another package of the registry under the name that is asked for, such as `npm:strip-ansi@^6.0.1`. */
const ALIAS = /^npm:(?<name>(?:@[\w.-]+\/)?[\w.-]+)@[^:/]+$/;
const VERSION = /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/;

/**
 * What is wrong with a lock file, in sentences: a package that does not come from the registry, whose content has no
 * SHA-512 hash, or that nothing asks for. The lock file must not have `resolved`, so that every machine uses its own
 * registry, and nobody can hide another address there.
 *
 * @param root package.json itself.
 */
export function lintLockfile(entries: LockEntries, root: LockEntry): readonly string[] {
  const wanted = reachable(entries, root);
  const aliases = aliasesIn([root, ...entries.values()]);
  return [
    ...requestFindings('package.json', root),
    ...[...entries].flatMap(([folder, entry]) => [
      ...sourceFindings(folder, entry, aliases),
      ...integrityFindings(entries, folder, entry),
      ...requestFindings(folder, entry),
      ...(wanted.has(folder) ? [] : [`${folder}: expected a package that asks for it, got none`]),
    ]),
  ];
}

function* sourceFindings(
  folder: string,
  { name = nameIn(folder), version = 'none', resolved, link }: LockEntry,
  aliases: ReadonlySet<string>,
) {
  const isAlias = name !== nameIn(folder);
  if (link) yield `${folder}: expected a package of the registry, got a link`;
  if (isAlias && !aliases.has(`${nameIn(folder)}=${name}`))
    yield `${folder}: expected a package of that name, got ${name}`;
  if (!VERSION.test(version)) yield `${folder}: expected a version such as 1.2.3, got ${version}`;
  if (resolved !== undefined) yield `${folder}: expected no "resolved", got ${resolved}`;
}

function* integrityFindings(entries: LockEntries, folder: string, { integrity, inBundle }: LockEntry) {
  // The hash of a package covers what is bundled in it.
  if (inBundle && integrity === undefined) {
    const [, ...outer] = foldersUp(folder);
    if (!outer.some((place) => entries.get(place)?.bundleDependencies))
      yield `${folder}: expected a package that bundles it, got none`;
  } else if (!SHA512.test(integrity ?? '')) {
    yield `${folder}: expected a SHA-512 integrity, got ${integrity ?? 'none'}`;
  }
}

const requestFindings = (from: string, entry: LockEntry): readonly string[] =>
  requestsOf(entry)
    .filter(([, specifier]) => NOT_FROM_REGISTRY.test(specifier) && !ALIAS.test(specifier))
    .map(([name, specifier]) => `${from}: expected a version of ${name} in the registry, got ${specifier}`);

/** The aliases that packages ask for, as `alias=name`. */
const aliasesIn = (entries: readonly LockEntry[]): ReadonlySet<string> =>
  new Set(
    entries
      .flatMap(requestsOf)
      .flatMap(
        ([alias, specifier]) => ALIAS.exec(specifier)?.groups?.['name']?.replace(/^/, `${alias}=`) ?? [],
      ),
  );
