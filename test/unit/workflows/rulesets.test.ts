import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import main from '../../../.github/rulesets/main.json' with { type: 'json' };
import newTags from '../../../.github/rulesets/new-tags.json' with { type: 'json' };
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { type Job, workflowNamed } from './workflows.ts';

/** The app of GitHub Actions, whose id is the same for everyone. */
const GITHUB_ACTIONS = 15368;

interface NamedJob extends Job {
  readonly name: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
}

/** The names of the checks of a pull request, as GitHub shows them: docs.github.com, "Reusing workflows". */
function checksOf(file: string): string[] {
  return Object.values(workflowNamed(file).jobs).flatMap((job) => {
    const { name, uses, strategy } = job as NamedJob;
    if (uses) return checksOf(uses.replace('./.github/workflows/', '')).map((inner) => `${name} / ${inner}`);
    const [[variable, values] = ['', ['']]] = Object.entries(strategy?.matrix ?? {});
    return values.map((value) => name.replace(`\${{ matrix.${variable} }}`, value));
  });
}

test('a pull request can be merged after all of its checks, and no others', () => {
  const required = main.rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []);
  expect(required.map(({ context }) => context).sort()).toEqual(
    [...checksOf('pull-request.yml'), ...checksOf('codeql.yml')].sort(),
  );
  expect(new Set(required.map(({ integration_id }) => integration_id))).toEqual(new Set([GITHUB_ACTIONS]));
});

const settings = readFileSync(join(REPOSITORY, '.github/settings.md'), 'utf8');

// Whoever may push a branch could push a workflow that approves their own pull request.
test('.github/settings.md lets no workflow approve a pull request', () => {
  expect(settings).toContain('can_approve_pull_request_reviews=false');
});

// GitHub does not tell a run of main.yml for the tag `main` from one for the branch. The tag may be on a commit inside a merged
// pull request, with a main.yml and code that nobody has seen in the whole change.
test('only administrators make tags of releases, and a tag called main', () => {
  expect(newTags.conditions.ref_name.include).toEqual(['refs/tags/v*', 'refs/tags/main']);
  expect(newTags.rules).toEqual([{ type: 'creation' }]);
});

test('.github/settings.md says how to apply each set of rules', () => {
  expect([...settings.matchAll(/--input (\.github\/rulesets\/\S+\.json)/g)].map(([, file]) => file)).toEqual([
    '.github/rulesets/main.json',
    '.github/rulesets/new-tags.json',
    '.github/rulesets/old-tags.json',
  ]);
});
