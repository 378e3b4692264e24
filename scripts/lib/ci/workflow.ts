import { parse } from 'yaml';
import { z } from 'zod';

/** A step of a job that runs commands in a shell. */
export interface CommandStep {
  readonly kind: 'commands';
  /** One command a line. */
  readonly script: string;
  /** Without values that only GitHub knows. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A step that only GitHub can run. */
export interface ActionStep {
  readonly kind: 'action';
  /** Such as `actions/checkout@v6`. */
  readonly uses: string;
}

export type Step = CommandStep | ActionStep;

export interface Job {
  readonly name: string;
  readonly steps: readonly Step[];
}

const environmentSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});

// Strict: what a step has besides, such as a folder to work in or another shell, would be ignored.
const stepSchema = z.union([
  z.strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: z.string().optional(),
    env: environmentSchema,
    run: z.string(),
  }),
  z.object({ uses: z.string() }),
]);

const workflowSchema = z.object({
  env: environmentSchema,
  jobs: z.record(z.string(), z.object({ env: environmentSchema, steps: z.array(stepSchema) })),
});

/**
 * The jobs of a GitHub workflow, in its order. Conditions and matrices are left to GitHub.
 *
 * @throws ZodError if a step of commands has a key that is not known here.
 */
export function readJobs(workflow: string): readonly Job[] {
  const { env, jobs } = workflowSchema.parse(parse(workflow));
  return Object.entries(jobs).map(([name, job]) => ({
    name,
    steps: job.steps.map((step): Step => {
      if ('uses' in step) return { kind: 'action', uses: step.uses };
      const environment = literalsOf({ ...env, ...job.env, ...step.env });
      return { kind: 'commands', script: step.run.trim(), environment };
    }),
  }));
}

/** Without `${{ … }}`, which only GitHub can evaluate. */
const literalsOf = (environment: z.infer<typeof environmentSchema>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment)
      .map(([key, value]) => [key, String(value)] as const)
      .filter(([, value]) => !value.includes('${{')),
  );
