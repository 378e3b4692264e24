import { z } from 'zod';
import { text } from '../settings/field.ts';
import { checkSettings } from '../settings/problems.ts';
import { StageError } from '../stages.ts';

const id = (expected: string) => z.int(expected).positive(expected);

/** `gh api repos/OWNER/NAME` shows all four: `owner.login`, `owner.id`, `name` and `id`. */
const githubSchema = z.strictObject(
  {
    owner: text(
      /^[A-Za-z0-9_-]{1,39}$/,
      'expected the login of a user or an organization, without a wildcard',
    ),
    ownerId: id('expected the numeric id of the owner'),
    repository: text(
      /^[A-Za-z0-9._-]{1,100}$/,
      'expected the name of a repository, without its owner or a wildcard',
    ),
    repositoryId: id('expected the numeric id of the repository'),
  },
  'expected an object with owner, ownerId, repository and repositoryId',
);

const pipelineSchema = z.strictObject(
  {
    github: githubSchema,
    /** `existing` if the account has the provider already: it can have only one. */
    oidcProvider: z.enum(['create', 'existing'], 'expected create or existing').default('create'),
  },
  'expected an object with github and, if the account has the provider already, oidcProvider',
);

export type PipelineSettings = z.output<typeof pipelineSchema>;
export type Repository = PipelineSettings['github'];

/**
 * The repository that deploys: the context key `pipeline` of cdk.json.
 *
 * @returns undefined if it is not set.
 * @throws StageError that names every wrong setting, what was expected and what was given.
 */
export function readPipeline(pipeline: unknown): PipelineSettings | undefined {
  if (pipeline === undefined) return undefined;
  const checked = checkSettings(pipelineSchema, pipeline, 'pipeline');
  if ('problems' in checked) {
    throw new StageError(`Invalid context in cdk.json. ${checked.problems.join('; ')}`);
  }
  return checked.settings;
}
