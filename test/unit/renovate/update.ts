import { matchesGlob } from 'node:path';
import renovate from '../../../renovate.json' with { type: 'json' };
import type { Dependency } from './dependencies.ts';

interface Rule {
  readonly matchManagers?: readonly string[];
  readonly matchPackageNames?: readonly string[];
  readonly matchFileNames?: readonly string[];
  readonly matchDepTypes?: readonly string[];
  readonly matchUpdateTypes?: readonly string[];
  readonly matchDatasources?: readonly string[];
  readonly matchCurrentVersion?: string;
  readonly groupName?: string;
  readonly allowedVersions?: string;
  readonly automerge?: boolean;
  readonly enabled?: boolean;
  readonly dependencyDashboardApproval?: boolean;
}

type UpdateType = 'major' | 'minor' | 'patch' | 'digest';

/**
 * What renovate.json does with an update: all rules that match, the last one first in rank
 * (docs.renovatebot.com, "packageRules").
 */
export function updateOf(dependency: Dependency, updateType: UpdateType): Rule {
  const rules: readonly Rule[] = renovate.packageRules;
  return Object.assign(
    { automerge: renovate.automerge, enabled: true },
    ...rules.filter((rule) => isAbout(rule, dependency, updateType)),
  );
}

function isAbout(rule: Rule, { manager, name, file, type, version }: Dependency, updateType: UpdateType) {
  return (
    has(rule.matchManagers, manager) &&
    has(rule.matchDepTypes, type) &&
    has(rule.matchUpdateTypes, updateType) &&
    has(rule.matchFileNames, file) &&
    has(rule.matchPackageNames, name) &&
    has(rule.matchDatasources, manager === 'docker-compose' ? 'docker' : '') &&
    (rule.matchCurrentVersion === undefined || isAtLeastOne(rule.matchCurrentVersion, version))
  );
}

/** Whether a name is one of the patterns, and none of those that begin with an exclamation mark. */
function has(patterns: readonly string[] | undefined, name: string): boolean {
  if (!patterns) return true;
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!'));
  return (
    (wanted.length === 0 || wanted.some((pattern) => matchesGlob(name, pattern))) &&
    !unwanted.some((pattern) => matchesGlob(name, pattern.slice(1)))
  );
}

function isAtLeastOne(range: string, version: string): boolean {
  if (range !== '>=1.0.0') throw new Error(`expected the range >=1.0.0, which this test knows, got ${range}`);
  return !version.startsWith('0.');
}
