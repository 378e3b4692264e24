import { stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../../command/usage-error.ts';
import { type Done, NOTHING_DONE, readDone } from './done.ts';
import type { ResultFormat } from './format.ts';
import {
  type RunSettings,
  readSettings,
  requireSameSettings,
  settingsPath,
  writeSettings,
} from './settings.ts';

/**
 * Finds out what earlier runs have done, or begins a new file. Never touches a file that this command has not begun.
 *
 * @param restart throws the results of earlier runs away.
 * @throws UsageError for another file in the place of the results, and for settings other than those of earlier runs.
 * @throws Error in one line for damaged results.
 */
export async function beginOrResume(
  results: string,
  settings: RunSettings,
  format: ResultFormat,
  restart: boolean,
): Promise<Done> {
  const bytes = await sizeOf(results);
  const before = await readSettings(results);
  if (bytes > 0 && before === undefined) {
    throw new UsageError(
      `--out: expected a new file or results with ${settingsPath(results)} beside them, got ${results}, which is another file`,
    );
  }
  if (bytes > 0 && !restart) {
    if (before === undefined || before === 'unreadable') {
      throw new UsageError(
        `${settingsPath(results)}: expected the options of an earlier run, got something else; --restart begins again`,
      );
    }
    requireSameSettings(results, before, settings);
    return readDone(results, format);
  }
  // In this order, so that results never have the settings of others beside them.
  if (bytes > 0) await truncate(results);
  await writeSettings(results, settings).catch((cause: NodeJS.ErrnoException) => {
    const advice = cause.code === 'ENOENT' ? `. Make the folder first: mkdir -p ${dirname(results)}` : '';
    throw new Error(`${results}: the results cannot be written (${cause.code})${advice}`, { cause });
  });
  return NOTHING_DONE;
}

/** 0 if there is no file. */
async function sizeOf(results: string): Promise<number> {
  const facts = await stat(results).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new Error(`${results}: the results cannot be written (${cause.code})`, { cause });
  });
  if (facts && !facts.isFile()) throw new UsageError(`--out: expected a file, got ${results}, which is none`);
  return facts?.size ?? 0;
}
