import { z } from 'zod';
import { text } from '../settings/field.ts';
import { checkSettings } from '../settings/problems.ts';
import { StageError } from '../stages.ts';

const id = (expected: string) => z.int(expected).positive(expected);

const githubSchema = z.strictObject(
  {
    owner: text(
      /^[A-Za-z0-9_-]{1,39}$/,
      'expected the login of a user or an organization, without a wildcard',
    ).describe('The owner of the repository.'),
    ownerId: id('expected the numeric id of the owner').describe(
      'Its number on GitHub, which nobody else gets if the owner is renamed.',
    ),
    repository: text(
      /^[A-Za-z0-9._-]{1,100}$/,
      'expected the name of a repository, without its owner or a wildcard',
    ).describe('The repository whose workflows deploy.'),
    repositoryId: id('expected the numeric id of the repository').describe('Its number on GitHub.'),
  },
  'expected an object with owner, ownerId, repository and repositoryId',
);

const account = text(/^\d{12}$/, 'expected the 12 digits of an account, as a text');

const imagesSchema = z.strictObject(
  {
    use: z
      .enum(['copy', 'shared'], 'expected copy or shared')
      .default('copy')
      .describe(
        'With `copy`, a deployment copies the image into the repository of the stage’s bootstrap. With `shared`, the functions of all stages use the repository of the images itself, which has to be in their region.',
      ),
    account: account.optional().describe('The account of the images, if it is not that of each stage.'),
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region, such as eu-central-1')
      .optional()
      .describe('The region of the images, if it is not that of each stage.'),
    readers: z
      .array(account, 'expected a list of accounts')
      .default([])
      .describe('Other accounts whose stages may pull the images.'),
  },
  'expected an object with use, account, region and readers, all of them optional',
);

export const pipelineSchema = z.strictObject(
  {
    github: githubSchema.describe(
      'The repository that may deploy. `gh api repos/OWNER/NAME` shows all four values: `owner.login`, `owner.id`, `name` and `id`.',
    ),
    oidcProvider: z
      .enum(['create', 'existing'], 'expected create or existing')
      .default('create')
      .describe(
        'Whether to create GitHub’s OpenID Connect provider. An account can have only one, so use `existing` if it has it already.',
      ),
    images: imagesSchema
      .default({ use: 'copy', readers: [] })
      .describe('The repository of the images that the pipeline builds.'),
  },
  'expected an object with github and, if the defaults do not fit, oidcProvider and images',
);

const EXAMPLE =
  '{ "github": { "owner": "octo-org", "ownerId": 123456, "repository": "classifier", "repositoryId": 456789 } }';

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

/** As {@link readPipeline}. @throws StageError also if it is not set. */
export function requirePipeline(pipeline: unknown): PipelineSettings {
  const settings = readPipeline(pipeline);
  if (settings) return settings;
  throw new StageError(`pipeline: expected ${EXAMPLE} in the context of cdk.json, got nothing`);
}
