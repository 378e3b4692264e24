import { describe, expect, it } from 'vitest';
import { actionOf, CALLS, JOBS, type Job, STEPS, type Step, WORKFLOWS } from './workflows.ts';

const RANKS = { none: 0, read: 1, write: 2 } as const;

/** Jobs with these can publish, deploy, release or sign. What a cache brings may come from another branch. */
const TRUSTED = ['id-token', 'contents', 'packages', 'attestations'];
const isTrusted = ({ permissions = {} }: Job) => TRUSTED.some((name) => permissions[name] === 'write');

/** How each action that can cache is told not to. */
const WITHOUT_CACHE: Readonly<Record<string, (options: NonNullable<Step['with']>) => boolean>> = {
  'actions/cache': () => false,
  'actions/cache/restore': () => false,
  'actions/setup-node': (options) => !('cache' in options) && options['package-manager-cache'] === false,
  'actions/setup-go': ({ cache }) => cache === false,
  'aquasecurity/trivy-action': ({ cache }) => cache === 'false' || cache === false,
  'docker/setup-buildx-action': (options) => options['cache-binary'] === false,
};

describe('permissions', () => {
  it('are none for a whole workflow', () => {
    expect(WORKFLOWS.filter(({ permissions }) => JSON.stringify(permissions) !== '{}')).toEqual([]);
  });

  it('are given to each job by itself', () => {
    // `write-all` is a text.
    const others = JOBS.filter(({ job }) => typeof job.permissions !== 'object');
    expect(others.map(({ where }) => where)).toEqual([]);
  });

  it('reach for what a called workflow asks, which GitHub would refuse to start otherwise', () => {
    const missing = CALLS.flatMap(({ where, job, called }) =>
      Object.values(called.jobs).flatMap(({ permissions = {} }) =>
        Object.entries(permissions)
          .filter(([name, asked]) => RANKS[asked] > RANKS[job.permissions?.[name] ?? 'none'])
          .map(([name, asked]) => `${where}: ${name}: ${asked}`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('allow a pull request to write nothing but findings of code scanning', () => {
    const writes = JOBS.filter(({ workflow }) => 'pull_request' in workflow.on).flatMap(({ where, job }) =>
      Object.entries(job.permissions ?? {})
        .filter(([name, access]) => access === 'write' && name !== 'security-events')
        .map(([name]) => `${where}: ${name}`),
    );
    expect(writes).toEqual([]);
  });
});

/** None gives the code or the words of an outsider the rights of this repository, as pull_request_target does. */
const EVENTS = [
  'branch_protection_rule',
  'merge_group',
  'pull_request',
  'push',
  'schedule',
  'workflow_call',
  'workflow_dispatch',
];

it('starts workflows at events that outsiders cannot misuse', () => {
  expect(WORKFLOWS.filter(({ on }) => Object.keys(on).some((event) => !EVENTS.includes(event)))).toEqual([]);
});

it('uses no secret but the token of the run', () => {
  const uses = WORKFLOWS.filter(({ text }) => /\$\{\{[^}]*\bsecrets\b|^\s*secrets:/m.test(text));
  expect(uses.map(({ file }) => file)).toEqual([]);
});

it('leaves no token in the checked out files', () => {
  const checkouts = STEPS.filter(({ step }) => actionOf(step) === 'actions/checkout');
  expect(checkouts.length).toBeGreaterThan(0);
  expect(checkouts.filter(({ step }) => step.with?.['persist-credentials'] !== false)).toEqual([]);
});

it('runs only actions of GitHub and AWS where a job gets credentials of AWS', () => {
  const withRole = JOBS.filter(({ job }) =>
    job.steps?.some((step) => actionOf(step) === 'aws-actions/configure-aws-credentials'),
  );
  expect(withRole.length).toBeGreaterThan(4);
  const others = withRole.flatMap(({ where, job }) =>
    (job.steps ?? [])
      .map(actionOf)
      .filter((action) => action && !/^(actions|aws-actions)\//.test(action))
      .map((action) => `${where}: ${action}`),
  );
  expect(others).toEqual([]);
});

/** Those with such jobs, which trust the jobs before them. */
const trusted = new Set(JOBS.filter(({ job }) => isTrusted(job)).map(({ workflow }) => workflow));

it('runs no install scripts of packages in workflows that publish, deploy, release or sign', () => {
  const installs = JOBS.filter(({ workflow }) => trusted.has(workflow)).flatMap(({ where, job }) =>
    (job.steps ?? [])
      .filter(({ run = '' }) => /\bnpm (ci|install|i)\b(?! --ignore-scripts$)/.test(run))
      .map(() => where),
  );
  expect(installs).toEqual([]);
});

it('caches nothing in workflows that publish, deploy, release or sign', () => {
  const cached = JOBS.filter(({ workflow }) => trusted.has(workflow)).flatMap(({ where, job }) =>
    (job.steps ?? [])
      .filter((step) => !(WITHOUT_CACHE[actionOf(step)]?.(step.with ?? {}) ?? true))
      .map((step) => `${where}: ${actionOf(step)}`),
  );
  expect(cached).toEqual([]);
});

it('ends every job after a time', () => {
  const endless = JOBS.filter(({ job }) => job.steps !== undefined && !((job['timeout-minutes'] ?? 0) > 0));
  expect(endless.map(({ where }) => where)).toEqual([]);
});
