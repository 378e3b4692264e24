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

const account = text(/^\d{12}$/, 'expected the 12 digits of an account, as a text');

/** The repository of the images that the pipeline builds. */
const imagesSchema = z.strictObject(
  {
    /**
     * `copy`: a deployment copies the image into the repository of the stage's bootstrap. `shared`: the
     * functions of all stages use the repository of the images itself, which has to be in their region.
     */
    use: z.enum(['copy', 'shared'], 'expected copy or shared').default('copy'),
    /** @default the account of each stage */
    account: account.optional(),
    /** @default the region of each stage */
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region, such as eu-central-1').optional(),
    /** Other accounts whose stages may pull the images. */
    readers: z.array(account, 'expected a list of accounts').default([]),
  },
  'expected an object with use, account, region and readers, all of them optional',
);

const pipelineSchema = z.strictObject(
  {
    github: githubSchema,
    /** `existing` if the account has the provider already: it can have only one. */
    oidcProvider: z.enum(['create', 'existing'], 'expected create or existing').default('create'),
    images: imagesSchema.default({ use: 'copy', readers: [] }),
  },
  'expected an object with github and, if the defaults do not fit, oidcProvider and images',
);

export type PipelineSettings = z.output<typeof pipelineSchema>;
export type ImageSettings = PipelineSettings['images'];
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
