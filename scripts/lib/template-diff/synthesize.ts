import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD, PIPELINE_STAGES } from '../../../lib/pipeline/names.ts';
import { STAGE_NAMES } from '../../../lib/stages.ts';
import { run } from '../system/run.ts';

/** A CDK app of the repository: a program in bin/, for one stage. */
export interface StageApp {
  readonly program: 'app' | 'pipeline';
  readonly stage: string;
}

/** The stages, and what lets GitHub build images and deploy them. */
export const STAGE_APPS: readonly StageApp[] = [
  ...STAGE_NAMES.map((stage) => ({ program: 'app', stage }) as const),
  ...[...PIPELINE_STAGES, BUILD].map((stage) => ({ program: 'pipeline', stage }) as const),
];

/** Stands for the repository on GitHub if cdk.json has none, as the pipeline needs one. */
const EXAMPLE_PIPELINE = {
  github: { owner: 'octo-org', ownerId: 1, repository: 'classifier', repositoryId: 2 },
};

/**
 * Writes the templates of an app into a folder, without credentials and Docker.
 *
 * @param repository the folder of the code, with its packages.
 * @returns the texts of the templates by the names of their stacks.
 * @throws Error if the code does not know the stage, or a setting is invalid.
 */
export async function synthesize(
  repository: string,
  { program, stage }: StageApp,
  out: string,
): Promise<ReadonlyMap<string, string>> {
  const { context } = JSON.parse(await readFile(join(repository, 'cdk.json'), 'utf8'));
  const pipeline = program === 'pipeline' ? { pipeline: context.pipeline ?? EXAMPLE_PIPELINE } : {};
  await run(process.execPath, [`bin/${program}.ts`], {
    cwd: repository,
    env: {
      ...process.env,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...pipeline, stage }),
      CDK_OUTDIR: out,
    },
  });
  const files = (await readdir(out)).filter((file) => file.endsWith(TEMPLATE));
  return new Map(
    await Promise.all(
      files.map(
        async (file) => [file.slice(0, -TEMPLATE.length), await readFile(join(out, file), 'utf8')] as const,
      ),
    ),
  );
}

export const TEMPLATE = '.template.json';
