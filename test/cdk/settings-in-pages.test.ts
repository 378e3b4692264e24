import { expect, it } from 'vitest';
import { readPipeline } from '../../lib/pipeline/settings.ts';
import { settingsSchema } from '../../lib/settings.ts';
import { readStage } from '../../lib/stages.ts';
import { readShown } from '../../scripts/lib/docs-examples/expected/json.ts';
import { readPages } from '../../scripts/lib/docs-examples/pages.ts';

/** What a page tells a reader to put into cdk.json. */
interface Settings {
  readonly context?: {
    readonly stages?: Readonly<Record<string, object>>;
    readonly pipeline?: object;
  };
}

const GITHUB = { owner: 'octo-org', ownerId: 1, repository: 'classifier', repositoryId: 2 };

const shown = (await readPages()).flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => language === 'json')
    .map(({ line, code }) => ({
      at: `${path}:${line}`,
      settings: readShown(code)[0] as Settings,
      isPart: code.startsWith('"'),
    })),
);
const stages = shown.flatMap(({ at, settings, isPart }) => {
  // Without what is around them.
  const isStage = isPart && Object.keys(settings).every((name) => name in settingsSchema.shape);
  if (isStage) return [{ at, stage: 'prod', own: settings as object }];
  return Object.entries(settings?.context?.stages ?? {}).map(([stage, own]) => ({ at, stage, own }));
});
const pipelines = shown.flatMap(({ at, settings }) => {
  const own = settings?.context?.pipeline;
  return own === undefined ? [] : [{ at, own }];
});

it.each(stages)('$at has settings that $stage takes', ({ stage, own }) => {
  // A model of the reader is not in this repository.
  const known = 'models' in own ? { ...own, models: ['resnet50'] } : own;
  expect(() => readStage(stage, { [stage]: known })).not.toThrow();
});

it.each(pipelines)('$at has settings that the pipeline takes', ({ own }) => {
  expect(() => readPipeline({ github: GITHUB, ...own })).not.toThrow();
});

it('finds settings in pages that people write', () => {
  const pages = new Set([...stages, ...pipelines].map(({ at }) => at.split(':')[0]));
  expect([...pages]).toEqual(expect.arrayContaining(['docs/deployment.md', 'docs/delivery.md']));
});
