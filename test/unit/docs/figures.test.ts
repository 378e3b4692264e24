import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  bareRounds,
  bestTorch,
  column,
  OURS,
  peakMemory,
  secondsOfStarts,
} from '../../../bench/lib/report/figures.ts';
import { resultSchema } from '../../../bench/lib/result.ts';
import { manifestSchema } from '../../../lambda/model/manifest.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { median } from '../../../scripts/lib/statistics.ts';
import { readText } from '../../support/markdown.ts';

/** Figures that are written by hand, against the generated files and the measurements that have them. */
const text = (path: string) => readText(path).replace(/^> /gm, '').replace(/\s+/g, ' ');
const json = (path: string): unknown => JSON.parse(text(path));

const readme = text('README.md');
const faq = text('docs/faq.md');
const costs = text('docs/cost.md');
/** The pages that people write: others are generated. */
const pages = ['README.md', ...globSync('docs/*.md', { cwd: REPOSITORY })]
  .filter((path) => !/docs\/(cost|benchmarks|settings)\.md$/.test(path))
  .sort();

test('the README has the figures of the last benchmark', () => {
  const result = resultSchema.parse(json('docs/benchmarks/result.json'));
  const row = (name: string, figures: (subject: string) => readonly number[], show: (x: number) => string) =>
    `| ${name} | ${show(median(figures(OURS)))} | ${show(median(bestTorch(result, figures, 'lowest')))} |`;
  const whole = (unit: string) => (figure: number) => `${Math.round(figure)} ${unit}`;
  expect(readme).toContain(
    row('p50 latency, one client', (subject) => column(result, subject, 1, 'p50Ms'), whole('ms')),
  );
  expect(readme).toContain(
    row(
      'Start to first prediction',
      (subject) => secondsOfStarts(result, subject),
      (seconds) => `${seconds.toPrecision(2)} s`,
    ),
  );
  expect(readme).toContain(row('Peak memory', (subject) => peakMemory(result, subject), whole('MiB')));
  const [, megabytes] = /\| Uncompressed size \| 400 MB \| (\d+) MB \|/.exec(text('docs/container.md')) ?? [];
  expect(readme).toContain(`It takes ${megabytes} MB of disk`);
});

test('the README has the costs of docs/cost.md', () => {
  const [, total] = /\| \*\*Total\*\* \| +\| \*\*([\d.]+)\*\* \|/.exec(costs) ?? [];
  const [, replaced] = /\| EKS, replaced system \| [^|]+\| ([\d.]+) \(/.exec(costs) ?? [];
  expect(costs).toContain('## The bill of prod at 5 requests/s');
  expect(readme).toContain(`It costs ${total} USD a month at 5 predictions per second`);
  expect(readme).toContain(`the Kubernetes cluster that it replaces ${replaced} USD`);
});

test('the FAQ and the tutorial have the costs of docs/cost.md', () => {
  const cells = (row: string) => {
    const found = costs.split(`| ${row} |`)[1] ?? '';
    return found.split('|').map((cell) => cell.trim().replace(/ \(.*/, ''));
  };
  const [, prodIdle, , prodUsual] = cells('`prod`');
  const [, devIdle] = cells('`dev`');
  const [, stagingIdle] = cells('`staging`');
  expect(faq).toContain(`\`prod\` costs ${prodIdle} USD a month without requests, and ${prodUsual} USD at 5`);
  expect(faq).toContain(`\`dev\` costs ${devIdle} USD without requests`);
  expect(faq).toContain(`it costs ${cells('SageMaker Serverless')[1]} USD`);
  expect(faq).toContain(`the same on Lambda on demand ${cells('The same on demand')[1]} USD`);
  expect(faq).toContain(`${cells('Job over a bucket, x86_64')[0]} USD as a job over a bucket`);
  expect(faq).toContain(`${cells('`POST /predict` for each')[0]} USD with a request for each`);
  const anHour = (Number(stagingIdle) / 730).toFixed(2);
  expect(text('docs/tutorial.md')).toContain(
    `costs ${stagingIdle} USD a month without requests, so about ${anHour} USD an hour`,
  );
});

test('the FAQ has the speed of docs/benchmarks.md', () => {
  const result = resultSchema.parse(json('docs/benchmarks/result.json'));
  const perSecond = median(column(result, OURS, 8, 'perSecond'));
  expect(faq).toContain(`The HTTP server answers ${Math.round(perSecond)} predictions a second on two cores`);
  const [one, two] = [1, 2].map((threads) => median(bareRounds(result, 'onnxruntime-node', 'int8', threads)));
  expect(faq).toContain(
    `takes ${Math.round(one ?? 0)} ms on one core, and ${Math.round(two ?? 0)} ms on two`,
  );
});

test('pages that say from which rate a cluster is cheaper agree with docs/cost.md', () => {
  const [, rate] = /From ([\d.]+) requests\/s, all day and all month/.exec(costs) ?? [];
  const claims = pages.flatMap((path) =>
    [...text(path).matchAll(/([\d.]+) requests per second around the clock/g)].map((claim) => ({
      path,
      rate: claim[1],
    })),
  );
  expect(claims.map(({ path }) => path)).toContain('README.md');
  expect(claims.filter((claim) => claim.rate !== rate)).toEqual([]);
});

test('the README has the accuracies of the models', () => {
  const top1 = (model: string) =>
    100 * (manifestSchema.parse(json(`models/${model}/manifest.json`)).accuracy?.[0]?.top1 ?? Number.NaN);
  expect(readme).toContain(`right for ${Math.round(top1('resnet50'))} of 100 photos`);
  expect(readme).toContain(`| \`resnet50\` | ${Math.round(top1('resnet50'))} %`);
  expect(readme).toContain(`| \`efficientnet-lite2\` | ${top1('efficientnet-lite2').toFixed(1)} %`);
});

test('the first screen of the README leads each person on', () => {
  const personas = 'Try, Call it, Bring your model, Deploy, Operate, Migrate, Troubleshoot';
  const [first = ''] = readme.split('## Try it');
  const links = [...first.matchAll(/\[([^\]]+)\]\(docs\/[\w-]+\.md\)/g)].map(([, name = '']) => name);
  expect(links.filter((name) => !name.startsWith('docs/')).join(', ')).toBe(personas);
});
