import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  actionOf,
  CALLS,
  expression,
  JOBS,
  needsOf,
  WORKFLOWS,
  type Workflow,
  workflowNamed,
} from './workflows.ts';

const SETTINGS = readFileSync(new URL('../../../.github/settings.md', import.meta.url), 'utf8');
/** For publishing, for the stages dev, staging and prod, and for scheduled work on a stage. */
const ENVIRONMENTS = [
  'build',
  expression('inputs.stage'),
  ...['inputs.stage', 'matrix.stage'].map((stage) => `${expression(stage)}-scheduled`),
];

const concurrencies = [
  ...WORKFLOWS.map(({ file, concurrency }) => ({ where: file, concurrency })),
  ...JOBS.map(({ where, job }) => ({ where, concurrency: job.concurrency })),
].flatMap(({ where, concurrency }) => (concurrency ? [{ where, ...concurrency }] : []));

describe('a change', () => {
  it('passes the same checks in its pull request and on main', () => {
    for (const file of ['pull-request.yml', 'main.yml']) {
      expect(workflowNamed(file).jobs['checks']?.uses).toBe('./.github/workflows/checks.yml');
    }
  });

  it('is published only from main, after its checks', () => {
    const publishing = CALLS.filter(({ called }) => called.file === 'publish-image.yml');
    expect(publishing.map(({ workflow, job }) => [workflow.file, needsOf(job)])).toEqual([
      ['main.yml', ['checks']],
    ]);
    expect(workflowNamed('main.yml').on).toEqual({ push: { branches: ['main'] } });
  });

  it('is deployed only after all checks of its commit, and stage by stage', () => {
    const { jobs } = workflowNamed('deploy.yml');
    const green = Object.entries(jobs).flatMap(([id, { steps = [] }]) =>
      steps.some(({ run = '' }) => run.startsWith('npm run require-green ')) ? [id] : [],
    );
    const stages = ['dev', 'staging', 'prod'];
    expect(green).toHaveLength(1);
    expect(stages.map((stage) => needsOf(jobs[stage] ?? {}))).toEqual([green, ['dev'], ['staging']]);
    expect(stages.map((stage) => jobs[stage]?.with?.['stage'])).toEqual(stages);
  });

  it('is neither deployed nor released by a tag that is no release', () => {
    const byTag = WORKFLOWS.filter(({ on }) => on['push']?.tags !== undefined);
    expect(byTag.map(({ file }) => file)).toEqual(['deploy.yml', 'release.yml']);
    for (const { jobs } of byTag) {
      const [first] = Object.values(jobs).filter((job) => needsOf(job).length === 0);
      const commands = first?.steps?.map(({ run }) => run) ?? [];
      expect(commands).toContain('npm run release:check -- --tag "$TAG"');
    }
  });
});

describe('a release', () => {
  const stepsOf = (file: string, action: string) =>
    Object.values(workflowNamed(file).jobs)
      .flatMap(({ steps = [] }) => steps)
      .filter((step) => actionOf(step) === action);

  it('takes no other artifacts of the run than those that publish-image.yml makes anew', () => {
    const [made, ...others] = stepsOf('publish-image.yml', 'actions/upload-artifact');
    expect(others).toEqual([]);
    expect(made?.with).toMatchObject({ name: `image-${expression('inputs.architecture')}`, overwrite: true });
    const { include } = workflowNamed('main.yml').jobs['publish']?.strategy?.matrix ?? {};
    const architectures = include?.map(({ architecture }) => architecture);
    const ofOtherRuns = stepsOf('release.yml', 'actions/download-artifact').filter(
      (step) => step.with?.['run-id'] !== undefined,
    );
    expect(ofOtherRuns.map((step) => step.with?.['pattern'])).toEqual([`image-{${architectures}}`]);
  });
});

describe('runs at the same time', () => {
  it('on one stage wait in order: GitHub drops none and cancels none', () => {
    const deploying = concurrencies.filter(({ group }) => /^(deploy|rollback)-/.test(group));
    expect(deploying.length).toBeGreaterThan(0);
    expect(deploying.filter(({ queue }) => queue !== 'max')).toEqual([]);
    expect(deploying.filter((concurrency) => concurrency['cancel-in-progress'] !== false)).toEqual([]);
    for (const file of ['deploy-stage.yml', 'rollback.yml']) {
      expect(deploying.filter(({ where }) => where.startsWith(file))).toHaveLength(1);
    }
  });

  // actionlint 1.7.12 does not know the key, and its message is ignored.
  it('wait in a queue that GitHub has', () => {
    const queues = concurrencies.filter(({ queue }) => queue !== undefined && queue !== 'max');
    expect(queues.filter(({ queue }) => queue !== 'single')).toEqual([]);
  });

  it('are never cancelled on main', () => {
    const cancelling = concurrencies.filter(
      (concurrency) => ![undefined, false].includes(concurrency['cancel-in-progress'] as boolean | undefined),
    );
    const onMain = cancelling.filter(({ where }) => {
      const { on } = workflowNamed(where.split(',')[0] ?? '');
      return 'push' in on || 'workflow_call' in on;
    });
    const ofPullRequests = expression("github.event_name == 'pull_request'");
    expect(onMain.filter((one) => one['cancel-in-progress'] !== ofPullRequests)).toEqual([]);
  });
});

describe('what an adopter fills in', () => {
  it('are these environments', () => {
    const named = JOBS.flatMap(({ where, job: { environment } }) =>
      environment === undefined
        ? []
        : [{ where, name: typeof environment === 'string' ? environment : environment.name }],
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ name }) => !ENVIRONMENTS.includes(name))).toEqual([]);
  });

  it('are the variables that .github/settings.md explains', () => {
    const used = WORKFLOWS.flatMap(({ text }) =>
      [...text.matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name),
    );
    const [, table = ''] = /^## Variables\n\n([\s\S]*?)\n\n/m.exec(SETTINGS) ?? [];
    const explained = table.split('\n').flatMap((row) => row.split('|')[1]?.match(/\w+(?=`)/g) ?? []);
    expect(explained.sort()).toEqual([...new Set(used)].sort());
  });
});

describe('a reusable workflow', () => {
  it.each(CALLS.map((call) => [call.where, call] as const))(
    'gets its inputs from %s',
    (_, { job, called }) => {
      const inputs = inputsOf(called);
      const given = Object.keys(job.with ?? {});
      expect(given.filter((name) => !(name in inputs))).toEqual([]);
      const required = Object.entries(inputs).filter(([, input]) => input.required);
      expect(required.filter(([name]) => !given.includes(name))).toEqual([]);
    },
  );

  it('has a caller', () => {
    const called = new Set(CALLS.map((call) => call.called.file));
    const reusable = WORKFLOWS.filter(({ on }) => 'workflow_call' in on && Object.keys(on).length === 1);
    expect(reusable.map(({ file }) => file).filter((file) => !called.has(file))).toEqual([]);
  });
});

function inputsOf({ file, on }: Workflow) {
  if (!('workflow_call' in on)) throw new Error(`expected ${file} to be reusable`);
  return on['workflow_call']?.inputs ?? {};
}
