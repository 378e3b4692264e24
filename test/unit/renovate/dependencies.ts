import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import renovate from '../../../renovate.json' with { type: 'json' };

/** A dependency as Renovate finds it: docs.renovatebot.com, "Managers". */
export interface Dependency {
  readonly manager: string;
  readonly file: string;
  readonly name: string;
  readonly version: string;
  /** Such as `devDependencies`. */
  readonly type: string;
}

export const FILES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && file !== 'node_modules');

/** Renovate's own patterns, unless renovate.json has others. */
const FILE_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  npm: ['/(^|/)package\\.json$/'],
  nvm: ['/(^|/)\\.nvmrc$/'],
  pip_requirements: renovate.pip_requirements.managerFilePatterns,
  gomod: ['/(^|/)go\\.mod$/'],
  cargo: ['/(^|/)Cargo\\.toml$/'],
  maven: ['/(^|/|\\.)pom\\.xml$/'],
  'github-actions': ['/(^|/)\\.github/(?:workflows|actions)/.+\\.ya?ml$/'],
  'docker-compose': ['/(^|/)(?:docker-)?compose[^/]*\\.ya?ml$/'],
};

/** Where each manager finds names and versions in a file. */
const VERSIONS: Readonly<Record<string, RegExp>> = {
  nvm: /^(?<currentValue>\S+)$/gm,
  pip_requirements: /^(?<depName>[\w.-]+)==(?<currentValue>\S+)$/gm,
  gomod: /^(?:require )?\s*(?<depName>[\w.-]+\/\S+) (?<currentValue>v\S+)$/gm,
  // Not the version and the edition of the package itself.
  cargo: /^(?!version |edition )(?<depName>[\w-]+) = (?:"|\{ version = ")(?<currentValue>\d[^"]*)"/gm,
  maven:
    /<(?:dependency|plugin)>\s*(?:<groupId>[^<]+<\/groupId>\s*)?<artifactId>(?<depName>[^<]+)<\/artifactId>\s*<version>(?<currentValue>[^<]+)</g,
  'github-actions': /uses: (?<depName>[\w.-]+\/[\w.-]+).*@[0-9a-f]{40} # (?<currentValue>v\d+\.\d+\.\d+)$/gm,
  'docker-compose': /image: (?<depName>\S+\/\S+):(?<currentValue>\S+)@sha256:/g,
};

export const isIgnored = (file: string): boolean =>
  renovate.ignorePaths.some((pattern) => matchesGlob(file, pattern));

/** All that Renovate finds, in all files that it does not ignore. */
export const DEPENDENCIES: readonly Dependency[] = FILES.filter((file) => !isIgnored(file)).flatMap(
  (file) => [
    ...renovate.enabledManagers.flatMap((manager) =>
      hasFile(FILE_PATTERNS[manager], file) ? find(manager, file) : [],
    ),
    ...renovate.customManagers
      .filter(({ managerFilePatterns }) => hasFile(managerFilePatterns, file))
      .flatMap(({ matchStrings }) =>
        matchStrings.flatMap((pattern) => findPattern('custom.regex', file, new RegExp(pattern, 'g'))),
      ),
  ],
);

function hasFile(patterns: readonly string[] | undefined, file: string): boolean {
  return patterns?.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file)) ?? false;
}

function find(manager: string, file: string): Dependency[] {
  if (manager !== 'npm') return findPattern(manager, file, VERSIONS[manager] ?? /$^/g);
  const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  return ['dependencies', 'devDependencies', 'engines'].flatMap((type) =>
    Object.entries(json[type] ?? {}).map(([name, version]) => ({ manager, file, name, version, type })),
  );
}

function findPattern(manager: string, file: string, pattern: RegExp): Dependency[] {
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(({ groups = {} }) => ({
    manager,
    file,
    name: groups['depName'] ?? 'node',
    version: groups['currentValue'] ?? '',
    type: manager === 'github-actions' ? 'action' : manager,
  }));
}
