import { describe, expect, it } from 'vitest';
import {
  actionOf,
  expression,
  JOBS,
  type Job,
  needsOf,
  STEPS,
  type Step,
  workflowNamed,
} from './workflows.ts';

/** What GitHub runs itself, on a machine of its own for each job. */
const RUNNERS = ['ubuntu-24.04', 'ubuntu-latest', expression('inputs.runner'), expression('matrix.runner')];
/** Keys that let a failure pass, or run steps with other programs than the ones of GitHub's machine. */
const REFUSED = ['container', 'continue-on-error', 'defaults', 'services', 'shell', 'working-directory'];
/** They hold whatever happened before: `needs` stops nothing then. */
const STATUS_FUNCTION = /\b(always|cancelled|failure|success)\s*\(/;

const jobOf = (file: string, id: string): Job => workflowNamed(file).jobs[id] ?? {};
const stepsOf = (file: string, id: string): readonly Step[] => jobOf(file, id).steps ?? [];
/** The npm scripts that a job runs, in their order. */
const scriptsOf = (steps: readonly Step[]) =>
  steps.flatMap(({ run = '' }) => /^npm run ([\w:-]+)/.exec(run)?.[1] ?? []);
const stepOf = (steps: readonly Step[], script: string): Step =>
  steps.find(({ run = '' }) => run.startsWith(`npm run ${script} `)) ?? {};
const checkoutOf = (steps: readonly Step[]): Step =>
  steps.find((step) => actionOf(step) === 'actions/checkout') ?? {};

describe('a failure ends what depends on it', () => {
  it('in every job and step, on machines of GitHub', () => {
    const parts = [
      ...JOBS.map(({ where, job: part }) => ({ where, part })),
      ...STEPS.map(({ where, step: part }) => ({ where, part })),
    ];
    expect(parts.filter(({ part }) => REFUSED.some((key) => key in part))).toEqual([]);
    const runners = JOBS.filter(
      ({ job }) => job.uses === undefined && !RUNNERS.includes(job['runs-on'] ?? ''),
    );
    expect(runners.map(({ where }) => where)).toEqual([]);
  });

  it('whatever the conditions of jobs', () => {
    expect(JOBS.filter(({ job }) => STATUS_FUNCTION.test(String(job.if))).map(({ where }) => where)).toEqual(
      [],
    );
  });

  it('except that reports of failed tests are kept', () => {
    const others = STEPS.filter(({ step }) => STATUS_FUNCTION.test(String(step.if)));
    expect(others.map(({ step }) => actionOf(step))).toEqual(['actions/upload-artifact']);
  });
});

it('runs every check of checks.yml: GitHub takes one that is skipped for one that passed', () => {
  const conditions = JOBS.filter(({ workflow }) => workflow.file === 'checks.yml').flatMap(
    ({ where, job }) => [
      ...(job.if === undefined ? [] : [where]),
      ...(job.steps ?? []).flatMap(({ if: condition, run }) =>
        condition !== undefined && run ? [`${where}: ${run}`] : [],
      ),
    ],
  );
  expect(conditions).toEqual([]);
});

it('does nothing for stages that the variable does not name: a matrix without values is an error', () => {
  const scheduled = JOBS.filter(({ job }) => JSON.stringify(job.strategy)?.includes('SCHEDULED_STAGES'));
  expect(scheduled.length).toBeGreaterThan(0);
  const off = "vars.SCHEDULED_STAGES != '' && vars.SCHEDULED_STAGES != '[]'";
  expect(scheduled.filter(({ job }) => job.if !== off).map(({ where }) => where)).toEqual([]);
});

describe('an image', () => {
  const steps = stepsOf('publish-image.yml', 'publish');

  it('is of the commit of the run', () => {
    expect(Object.keys(workflowNamed('publish-image.yml').on)).toEqual(['workflow_call']);
    expect(checkoutOf(steps).with).toEqual({ 'persist-credentials': false });
  });

  it('gets its tag last, after it was verified, under no condition', () => {
    expect(scriptsOf(steps)).toEqual([
      'image',
      'image:push',
      'image:attest',
      'image:sign',
      'image:verify',
      'image:tag',
    ]);
    expect(scriptsOf(steps.slice(-1))).toEqual(['image:tag']);
    const always = ['image', 'image:push', 'image:verify', 'image:tag'].map(
      (script) => stepOf(steps, script).if,
    );
    expect(always.filter((condition) => condition !== undefined)).toEqual([]);
    expect(stepOf(steps, 'image:verify').run).toContain('--commit "$GITHUB_SHA"');
  });
});

describe('a deployment', () => {
  it('starts by hand or by a tag of a release, as the release does', () => {
    const push = { tags: ['v*'] };
    expect(workflowNamed('deploy.yml').on).toEqual({ workflow_dispatch: expect.anything(), push });
    expect(workflowNamed('release.yml').on).toEqual({ push });
    expect(Object.keys(workflowNamed('rollback.yml').on)).toEqual(['workflow_dispatch']);
  });

  const commit = expression('inputs.commit || github.sha');
  const steps = stepsOf('deploy-stage.yml', 'deploy');

  it('is of the commit whose checks have passed', () => {
    expect(stepOf(stepsOf('deploy.yml', 'green'), 'require-green').env).toMatchObject({ COMMIT: commit });
    const deployed = ['dev', 'staging', 'prod'].map((stage) => jobOf('deploy.yml', stage).with?.['commit']);
    expect(new Set(deployed)).toEqual(new Set([commit]));
    expect(checkoutOf(steps).with?.['ref']).toBe(expression('inputs.commit'));
    expect(jobOf('deploy-stage.yml', 'deploy').env?.['COMMIT']).toBe(expression('inputs.commit'));
  });

  it('is of a published image, in the environment of its stage', () => {
    expect(steps.at(-1)?.run).toBe('npm run deploy -- --stage "$STAGE" --commit "$COMMIT" --yes');
    expect(jobOf('deploy-stage.yml', 'deploy')).toMatchObject({
      environment: expression('inputs.stage'),
      env: { STAGE: expression('inputs.stage') },
    });
  });
});

it('releases a tag only if it has the right form, and all checks of its commit have passed', () => {
  const steps = stepsOf('release.yml', 'prepare');
  expect(scriptsOf(steps)).toEqual(['release:check', 'require-green', 'release:notes']);
  expect(stepOf(steps, 'release:check').run).toBe('npm run release:check -- --tag "$TAG"');
  expect(stepOf(steps, 'require-green').run).toContain('--commit "$GITHUB_SHA"');
  expect(needsOf(jobOf('release.yml', 'publish'))).toEqual(['prepare']);
});
