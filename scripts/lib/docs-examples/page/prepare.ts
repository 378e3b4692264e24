import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../../paths.ts';
import type { Block, Page } from '../blocks.ts';
import { RUN } from '../markdown/languages.ts';
import type { Stage } from '../markdown/marker.ts';
import { serverOf, withServers } from './servers.ts';

/** The blocks of a page that run in a stage of CI, in order. */
export const blocksOf = ({ blocks }: Page, stage: Stage | undefined): readonly Block[] =>
  blocks.filter(({ fate }) => fate.kind === 'run' && fate.stage === stage);

/** What the page shows of the output of a block. */
export const outputOf = ({ blocks }: Page, block: Block): Block | undefined =>
  blocks.find(({ fate }) => fate.kind === 'output' && fate.of === block.line);

/** Of a block in the folder of the page. Sorted by name, they are in order. */
export const fileOf = ({ line, language }: Block): string =>
  `${String(line).padStart(5, '0')}.${RUN[language]}`;

/**
 * Writes what programs/docs-page.sh reads.
 *
 * @param repository where readers save programs.
 * @param folder for the blocks.
 */
export async function prepare(
  page: Page,
  stage: Stage | undefined,
  { repository, folder }: { readonly repository: string; readonly folder: string },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { fate, code } of page.blocks) {
    if (fate.kind !== 'saved') continue;
    await mkdir(dirname(join(repository, fate.file)), { recursive: true });
    await writeFile(join(repository, fate.file), code);
  }
  const blocks = blocksOf(page, stage);
  if (stage === 'emulator') {
    // npm run emulator has written it, for the terminal of the reader.
    await symlink(`${REPOSITORY}.emulator`, join(repository, '.emulator'));
    await writeFile(join(folder, '00000.sh'), '. .emulator/environment\n');
    // The image takes it where GitHub cannot be reached: scripts/dev/rie.sh.
    const rie = `${REPOSITORY}.rie`;
    if (existsSync(rie)) await cp(rie, join(repository, '.rie'), { recursive: true });
  }
  if (stage === undefined && !startsWithServer(blocks))
    await writeFile(join(folder, '00000.sh'), "serve http://localhost:8080/ready 'npm start --silent'\n");
  for (const block of blocks) {
    const file = join(folder, fileOf(block));
    await writeFile(file, block.language === 'sh' ? withServers(block.code) : block.code);
    if (showsError(outputOf(page, block))) await writeFile(`${file}.status`, '');
  }
}

/** A page whose first command is a server starts its own. */
function startsWithServer([first]: readonly Block[]): boolean {
  if (first?.language !== 'sh') return false;
  const [line = '', ...rest] = first.code.split('\n').filter((one) => !/^\s*(#|$)/.test(one));
  return serverOf(line, rest.join('\n')) !== undefined;
}

/** Whether a page shows an answer of the service that is an error. */
const showsError = (output: Block | undefined): boolean =>
  /"status": ?[45]\d\d\b/.test(output?.code ?? '') || /^HTTP\/\S+ [45]\d\d\b/m.test(output?.code ?? '');
