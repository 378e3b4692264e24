import { markdownTable } from '../../../scripts/lib/generated/markdown.ts';
import type { Result } from '../result.ts';
import { type Budget, budgetsOf, holds } from './budgets.ts';
import { explanations } from './explanations.ts';
import { number, withSpread } from './format.ts';
import * as tables from './tables.ts';

/** docs/benchmarks.md, whole. */
export function documentOf(result: Result): string {
  const { machine, versions, photos } = result;
  const sections = [
    '# Benchmarks',
    `<!-- Made by node bench/report.ts from docs/benchmarks/result.json; changes go there. -->`,
    `Measured on ${result.date} by \`npm run bench\`, in one run on one machine: ${machine.cpu} (${machine.family}), ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, with ${machine.flags.join(', ')}. Ratios are the result; times are there to judge them by.`,
    ...(result.quick ? ['**A quick run: its figures mean nothing.**'] : []),
    '## Budgets',
    budgetTable(budgetsOf(result)),
    ...explanationsOf(budgetsOf(result)),
    '![How many times better than FastAPI + PyTorch](benchmarks/ratios.svg)',
    '## Against other servers',
    'Each figure divided by that of the bundle, which is what the image runs. More is worse, except for throughput.',
    tables.headline(result),
    '![Throughput](benchmarks/throughput.svg)',
    '![p95 latency](benchmarks/p95.svg)',
    '### One client',
    tables.oneClient(result),
    '### Predictions a second',
    tables.byClients(result, 'perSecond'),
    '### p95 latency, ms',
    tables.byClients(result, 'p95Ms'),
    '### p99 latency, ms',
    tables.byClients(result, 'p99Ms'),
    '### Refused requests a second',
    'A server that says it is full (503 or 429) is counted here and nowhere else.',
    tables.byClients(result, 'refusedPerSecond'),
    '### Start and memory',
    'From the command to the first right answer, files in the page cache. Memory is the sum of the highest resident sets of a server’s processes after the whole load; pages that processes share count once for each.',
    tables.startsAndMemory(result),
    '### Disk',
    'Of this service the container image, base system included. Of the others the Python packages and the interpreter alone: an image of them cannot be smaller.',
    tables.disk(result),
    '### Size of the JPEG, one client, p50',
    tables.growth('Pixels', result.imageSizes, (row) => `${row.photo} (${number(row.bytes / 1000)} kB)`),
    '### Images in a request, one client, p50',
    tables.growth('Images', result.batches, (row) => String(row.images)),
    '## Against the limits of the hardware',
    'The model and nothing else, one image at a time. The arithmetic limit is 4.1 billion multiply-accumulates at the peak that the processor reached on large matrices, below.',
    tables.limits(result),
    '![One run of the model](benchmarks/bare-runs.svg)',
    tables.peaks(result),
    '### Where the time of one request goes, ms',
    'A JPEG of 500 px as the body of `POST /predict`, one client. Medians of each column, which add up only roughly.',
    tables.phases(result),
    '## How it was measured',
    method(result),
    '### Settings of FastAPI + PyTorch',
    'Every setting was tried; for each number of workers the threads that answered most requests were measured on.',
    tables.threadSweep(result),
    '### Versions',
    markdownTable(['', 'Version'], Object.entries(versions)),
    `Photos: ${photos.map(({ name, width, height, bytes }) => `${name} ${width} x ${height}, ${number(bytes / 1000)} kB`).join('; ')}.`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function budgetTable(budgets: readonly Budget[]): string {
  return markdownTable(
    ['', 'Budget', 'Measured', 'Holds'],
    budgets.map((budget) => [
      budget.figure,
      `${budget.bound === 'at most' ? '≤' : '≥'} ${budget.limit}${budget.unit === 'points' ? ' points' : ''}`,
      budget.measured ? withSpread(budget.measured) : 'not measured',
      holds(budget) ? 'yes' : '**no**',
    ]),
  );
}

function explanationsOf(budgets: readonly Budget[]): string[] {
  return budgets
    .filter((budget) => budget.measured && !holds(budget))
    .map(({ id, figure }) => `**${figure}.** ${explanations[id] ?? 'Not explained yet.'}`);
}

function method({ skipped, floatModel, load }: Result): string {
  const rounds = load[0]?.rounds.length ?? 0;
  return [
    '- `npm run bench` starts all servers on the same machine and measures them in turns, one at a time, while the others wait for requests. The order changes from round to round.',
    `- Figures are medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; brackets hold the lowest and the highest. A ratio is taken within each round.`,
    '- The client is autocannon in a process of its own, on the same two cores, over loopback HTTP with keep-alive. Each of its clients sends its next request when it has the answer to the last. Every body is checked: status 200 and the expected class first.',
    '- All servers get the same JPEG files in a form, except MLServer, whose protocol is JSON with base64.',
    `- All models have the same weights (${floatModel === 'given' ? 'the float32 model that the int8 one was made from' : 'the int8 weights multiplied by their scales'}): int8 in this service, float32 in the others, as they are usually run. Batch norm is folded for all of them; in PyTorch it stays a layer, as usual, that changes nothing but the bias.`,
    '- FastAPI + PyTorch is compared by its best variant in every figure. Its PyTorch is the one of PyPI, which brings CUDA; a build without it starts a little sooner and is smaller on disk.',
    '- CPU is user and system time of a server’s processes, client excluded.',
    ...skipped.map(({ title, reason }) => `- ${title} is left out: ${reason}`),
  ].join('\n');
}
