import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../system/temporary-folder.ts';
import type { Block, Page } from '../blocks.ts';
import { compareJson, compareText } from '../expected/compare.ts';
import type { Stage } from '../markdown/marker.ts';
import { copyRepository } from './copy.ts';
import { blocksOf, fileOf, outputOf, prepare } from './prepare.ts';
import { environment, runBlocks } from './run-blocks.ts';

export interface Failure {
  readonly block: Block;
  readonly why: string;
  /** What the block printed. */
  readonly output: string;
}

export interface PageRun {
  readonly page: Page;
  /** The number of blocks. */
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
  const failures: Failure[] = [];
  const blocks = blocksOf(page, stage);
  let ran = 0;
  for (const block of blocks) {
    const printed = await readPrinted(join(folder, fileOf(block)));
    if (ended.failed === fileOf(block)) {
      failures.push({ block, why: ended.why, output: printed.all });
      break;
    }
    if (!ended.passed.includes(fileOf(block))) break;
    ran += 1;
    failures.push(...differences(page, block, printed));
  }
  const [first] = blocks;
  if (ended.failed !== undefined && failures.length === 0 && ran === 0 && first) {
    const { all } = await readPrinted(join(folder, ended.failed));
    failures.push({ block: first, why: 'what it needs could not be started', output: all });
  }
  return { page, ran, seconds: (performance.now() - start) / 1000, failures };
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
