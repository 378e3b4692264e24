import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FindingCheck, fail, ok } from '../findings/finding.ts';
import { type ApiChange, compareApis, describeChanges } from './api-changes.ts';
import { breakingEntries, newestRelease, parseChangelog, sectionOf, sectionsSince } from './changelog.ts';
import { type Repository, withFile } from './repository.ts';
import { releaseBefore, type Version } from './version.ts';
import { toldVersions } from './versioned-files.ts';

const PREPARE = 'Run npm run release:prepare, merge what it changes into main, and tag that commit.';

/** Whether the commit that is checked out can be released as `version` under `tag`. */
export function releaseChecks(
  repository: Repository,
  tag: string,
  version: Version,
): readonly FindingCheck[] {
  return [
    { name: 'tag', run: () => checkTag(repository, tag) },
    { name: 'versions', run: () => checkVersions(repository, version) },
    { name: 'changelog', run: () => checkChangelog(repository, version) },
    { name: 'api', run: () => checkApi(repository, version) },
  ];
}

async function checkTag(repository: Repository, tag: string) {
  const [tagged, head] = [await repository.commitOf(`refs/tags/${tag}`), await repository.commitOf('HEAD')];
  if (tagged !== head) {
    return fail(
      `expected ${tag}, ${tagged}, to be checked out, got ${head}`,
      `Run: git switch --detach ${tag}`,
    );
  }
  if (await repository.isChanged()) {
    return fail(`expected the files of ${tag}, got changed ones`, 'Commit or discard what git status lists.');
  }
  if (!(await repository.isOnMain(head))) {
    return fail(
      `expected a commit of main, got ${head}`,
      'Merge it, delete the tag, and tag the commit on main.',
    );
  }
  return ok(`${tag} is ${head}, on main`);
}

async function checkVersions({ root }: Repository, { text }: Version) {
  const told = await toldVersions(root);
  const others = told.filter(({ version }) => version !== text);
  if (others.length === 0) return ok(`${new Set(told.map(({ file }) => file)).size} files have ${text}`);
  // A file may tell it twice.
  const list = [...new Set(others.map(({ file, version }) => `${version} in ${file}`))].join(', ');
  return fail(`expected ${text}, got ${list}`, PREPARE);
}

async function checkChangelog({ root }: Repository, { text }: Version) {
  const changelog = parseChangelog(await readFile(join(root, 'CHANGELOG.md'), 'utf8'));
  const section = sectionOf(changelog, text);
  const newest = newestRelease(changelog)?.name;
  if (newest !== text) return fail(`expected ${text} as the newest release, got ${newest}`, PREPARE);
  if (section.body === '') return fail(`expected changes under [${text}], got none`, 'Say what changes.');
  return ok(`[${text}] - ${section.date}`);
}

async function checkApi(repository: Repository, version: Version) {
  const { before, changes } = await changesSinceRelease(repository, version);
  if (!before) return ok('the first stable release: nothing to compare');
  const breaking = changes.filter(({ isBreaking }) => isBreaking);
  if (breaking.length === 0) return ok(`no breaking changes since ${before.text}`);

  const found = `expected no undeclared breaking changes since ${before.text}, got:\n${describeChanges(breaking)}`;
  const changelog = parseChangelog(await readFile(join(repository.root, 'CHANGELOG.md'), 'utf8'));
  if (
    !sectionsSince(changelog, version.text, before.text).some(
      (section) => breakingEntries(section).length > 0,
    )
  ) {
    return fail(found, `Declare them in an entry that begins with **Breaking:** under [${version.text}].`);
  }
  if (version.major === before.major) {
    return fail(found, `Release them as ${before.major + 1}.0.0: they need a new major version.`);
  }
  return ok(`breaking changes since ${before.text} are declared`);
}

export interface ChangesSinceRelease {
  /** Undefined for the first stable release. */
  readonly before: Version | undefined;
  readonly changes: readonly ApiChange[];
}

/** Compares docs/openapi.json with that of the stable release before. */
export async function changesSinceRelease(
  repository: Repository,
  version: Version,
): Promise<ChangesSinceRelease> {
  const before = releaseBefore(version, await repository.releases());
  if (!before) return { before, changes: [] };
  const changes = await changesSince(repository, `refs/tags/v${before.text}`);
  return { before, changes: changes ?? [] };
}

/** Compares docs/openapi.json with that of a commit. Undefined if the commit has none. */
export async function changesSince(repository: Repository, ref: string): Promise<ApiChange[] | undefined> {
  const document = await repository.fileAt(ref, 'docs/openapi.json');
  if (document === undefined) return undefined;
  return withFile(document, (path) => compareApis(path, join(repository.root, 'docs/openapi.json')));
}
