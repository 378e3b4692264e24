import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../system/temporary-folder.ts';
import type { Block, Page } from '../blocks.ts';
import { compareJson, compareText } from '../expected/compare.ts';
import type { Stage } from '../markdown/marker.ts';
import { copyRepository } from './copy.ts';
import { blocksOf, fileOf, outputOf, prepare } from './prepare.ts';
import { type Ended, environment, runBlocks } from './run-blocks.ts';

export interface Failure {
  readonly block: Block;
  readonly why: string;
  /** What the block printed. */
  readonly output: string;
}

export interface PageRun {
  readonly page: Page;
  /** The number of blocks that ran to their ends. */
  readonly ran: number;
  readonly seconds: number;
  readonly failures: readonly Failure[];
}

export interface PageOptions {
  readonly stage: Stage | undefined;
  /** The files of a copy of the repository. */
  readonly files: readonly string[];
  /** For one block. */
  readonly limitSeconds: number;
}

/** Runs the blocks of a page in a copy of the repository, and compares what they print with what the page shows. */
export async function runPage(page: Page, { stage, files, limitSeconds }: PageOptions): Promise<PageRun> {
  const start = performance.now();
  using copy = await copyRepository(files);
  using home = await temporaryFolder('docs-examples-home-');
  const folder = join(copy.path, '.cache', 'docs-examples');
  await prepare(page, stage, { repository: copy.path, folder });
  const ended = await runBlocks(folder, copy.path, environment(home.path), limitSeconds);
  const blocks = blocksOf(page, stage);
  const stopped = stoppedAt(blocks, ended);
  const passed = stopped ? blocks.slice(0, blocks.indexOf(stopped.block)) : blocks;
  const failures: Failure[] = [];
  for (const block of passed) {
    failures.push(...differences(page, block, await readPrinted(join(folder, fileOf(block)))));
  }
  if (stopped) {
    const { all } = await readPrinted(join(folder, ended.failed ?? fileOf(stopped.block)));
    failures.push({ ...stopped, output: all });
  }
  return { page, ran: passed.length, seconds: (performance.now() - start) / 1000, failures };
}

/** The first block that did not run to its end, and why. Undefined if all did. */
export function stoppedAt(
  blocks: readonly Block[],
  { passed, failed, why }: Ended,
): Pick<Failure, 'block' | 'why'> | undefined {
  const block = blocks.find((one) => !passed.includes(fileOf(one)));
  if (block === undefined) return undefined;
  if (failed === fileOf(block)) return { block, why };
  return {
    block,
    why: failed === undefined ? `it did not run: ${why}` : 'what it needs could not be started',
  };
}

interface Printed {
  readonly stdout: string;
  readonly all: string;
}

async function readPrinted(file: string): Promise<Printed> {
  const [stdout, stderr] = await Promise.all(
    ['out', 'err'].map((ending) => readFile(`${file}.${ending}`, 'utf8').catch(() => '')),
  );
  return { stdout: stdout ?? '', all: `${stdout}${stderr}` };
}

function differences(page: Page, block: Block, { stdout, all }: Printed): readonly Failure[] {
  const output = outputOf(page, block);
  const shown = commentedJson(block);
  const found: Failure[] = [];
  const compare = (of: Block, why: string | undefined) => {
    if (why !== undefined) found.push({ block: of, why, output: all });
  };
  if (shown !== '') compare(block, compareJson(shown, stdout));
  if (output?.language === 'json') compare(output, compareJson(output.code, stdout));
  if (output?.language === 'text') compare(output, compareText(output.code, all));
  return found;
}

/** Answers that a block shows in comments. */
const commentedJson = ({ language, code }: Block): string =>
  language === 'sh' ? [...code.matchAll(/^# (\{.*)$/gm)].map(([, json = '']) => json).join('\n') : '';
