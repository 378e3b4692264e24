import type { Block, Page } from './blocks.ts';
import type { Stage } from './markdown/marker.ts';
import type { Failure, PageRun } from './page/run-page.ts';

const LAST_LINES = 30;

/** One line: a page and what became of it. */
export const formatRun = ({ page, ran, seconds, failures }: PageRun): string =>
  `${page.path}: ${count(ran, 'block')} ran, ${count(failures.length, 'failure')}, ${seconds.toFixed(1)} s`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Where a block failed, the block, and what it printed. */
export function formatFailure({ path }: Page, { block, why, output }: Failure): string {
  const lines = output.trimEnd().split('\n');
  const last = lines.length > LAST_LINES ? ['…', ...lines.slice(-LAST_LINES)] : lines;
  return [
    `${path}:${block.line}: ${why}`,
    indent(block.code.trimEnd()),
    '  It printed:',
    indent(last.join('\n')),
  ].join('\n');
}

const indent = (text: string): string => text.replace(/^/gm, '    ');

/** What becomes of each block of a page that is a program or output. */
export function formatPage({ path, blocks }: Page): string {
  const shown = blocks.filter(({ fate }) => fate.kind !== 'data');
  return [
    path,
    ...shown.map(
      (block) => `  ${String(block.line).padStart(4)}  ${block.language.padEnd(6)}  ${fateText(block)}`,
    ),
  ].join('\n');
}

function fateText({ fate }: Block): string {
  switch (fate.kind) {
    case 'run':
      return runText(fate.stage);
    case 'saved':
      return `saved as ${fate.file}`;
    case 'not run':
      return `not run: ${fate.reason}`;
    case 'output':
      return `compared with what line ${fate.of} prints`;
    case 'data':
      return 'data';
    default:
      return `${fate.kind} ${fate.file}`;
  }
}

/** How many blocks have which fate. */
export function formatCounts(pages: readonly Page[]): string {
  const counts = new Map<string, number>();
  for (const { blocks } of pages) {
    for (const { fate } of blocks) {
      const name = fate.kind === 'run' ? runText(fate.stage) : fate.kind;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].map(([name, number]) => `${name}: ${number}`).join(', ');
}

const runText = (stage: Stage | undefined): string => (stage === undefined ? 'run' : `run with ${stage}`);
