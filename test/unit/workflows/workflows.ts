import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

type Permissions = Readonly<Record<string, 'read' | 'write' | 'none'>>;

export interface Concurrency {
  readonly group: string;
  readonly queue?: string;
  readonly 'cancel-in-progress'?: boolean | string;
}

export interface Step {
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly if?: string | boolean;
  readonly 'runs-on'?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Permissions;
  readonly env?: Readonly<Record<string, string>>;
  readonly environment?: string | { readonly name: string };
  readonly concurrency?: Concurrency;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: {
    readonly matrix: { readonly include?: readonly Readonly<Record<string, string>>[] };
  };
  readonly steps?: readonly Step[];
  /** A reusable workflow, in place of steps. */
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Input {
  readonly required?: boolean;
  readonly type?: string;
}

interface Event {
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly tags?: readonly string[];
}

interface Definition {
  /** By the name of the event; null for an event without options. */
  readonly on: Readonly<Record<string, Event | null>>;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Workflow extends Definition {
  /** Such as `main.yml`. */
  readonly file: string;
  readonly text: string;
}

/** All of .github/workflows. */
export const WORKFLOWS: readonly Workflow[] = globSync('.github/workflows/*.{yml,yaml}', { cwd: REPOSITORY })
  .sort()
  .map((path) => {
    const text = readFileSync(join(REPOSITORY, path), 'utf8');
    return { ...(parse(text) as Definition), file: basename(path), text };
  });

/** The jobs of all workflows; `where` is such as `main.yml, publish`. */
export const JOBS = WORKFLOWS.flatMap((workflow) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ where: `${workflow.file}, ${id}`, workflow, id, job })),
);

export const STEPS = JOBS.flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step })));

/** Jobs that call a reusable workflow of this repository. @throws Error if there is none of the name */
export const CALLS = JOBS.flatMap(({ where, job, workflow }) =>
  job.uses === undefined ? [] : [{ where, job, workflow, called: workflowOf(job.uses) }],
);

export function workflowNamed(file: string): Workflow {
  const workflow = WORKFLOWS.find((candidate) => candidate.file === file);
  if (!workflow) throw new Error(`expected a workflow ${file}, got ${WORKFLOWS.map((one) => one.file)}`);
  return workflow;
}

function workflowOf(uses: string): Workflow {
  return workflowNamed(uses.replace('./.github/workflows/', ''));
}

/** An expression, such as `inputs.stage`, as a workflow has it. */
export const expression = (text: string): string => `\${{ ${text} }}`;

/** Such as `actions/checkout` of a step. */
export const actionOf = ({ uses = '' }: Step): string => uses.replace(/@.*/, '');

/** The ids that a job needs, directly. */
export const needsOf = ({ needs = [] }: Job): readonly string[] => [needs].flat();
