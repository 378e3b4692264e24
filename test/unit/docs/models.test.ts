import { expect, test } from 'vitest';
import { manifestSchema } from '../../../lambda/model/manifest.ts';
import { describeSources, loadModelSources } from '../../../scripts/lib/model/sources.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { readText } from '../../support/markdown.ts';

const guide = readText('docs/models.md');
const sources = await loadModelSources(`${REPOSITORY}models/sources.json`);

const row = (name: string): string =>
  guide.split('\n').find((line) => line.startsWith(`| \`${name}\`, in the repository |`)) ??
  guide.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ??
  '';
const percent = (share: number): string => (100 * share).toFixed(1);
const accuracyOf = ({ top1, top5 }: { readonly top1: number; readonly top5: number }): string =>
  `${percent(top1)} / ${percent(top5)} %`;

test.each(Object.entries(sources))('the guide to models has the figures of %s', (name, source) => {
  const [published] = source.accuracy;
  if (!published) throw new Error(`expected a published accuracy of ${name}`);
  expect(row(name)).toContain(`| ${source.precision} | ${accuracyOf(published)} |`);
  expect(row(name)).toContain(`| ${(source.bytes / 1e6).toFixed(1)} MB |`);
  expect(row(name)).toContain(`| ${source.licence} |`);
});

test('it lists the models as the command does', () => {
  expect(guide).toContain(`\`\`\`text\n${describeSources(sources)}\n\`\`\``);
});

test.each(['resnet50', 'efficientnet-lite2'])('it has the figures in the manifest of %s', (name) => {
  const manifest = manifestSchema.parse(JSON.parse(readText(`models/${name}/manifest.json`)));
  const [first] = manifest.accuracy;
  if (!first) throw new Error(`expected an accuracy of ${name}`);
  expect(row(name)).toContain(`float32: ${accuracyOf(first)}`);
  expect(row(name)).toContain(`| ${manifest.precision} |`);
  expect(manifest.licence).toMatch(/^Apache-2\.0;/);
  expect(row(name)).toContain('| Apache-2.0 |');
});
