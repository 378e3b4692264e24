import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The name of a folder of the repository of models. Anything with a slash is a path. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const DEFAULT_MODEL = 'resnet50';
const EXPECTED = 'expected folders of model bundles (not NAME@VERSION), separated by commas, each once';

/** `resnet50,efficientnet-lite2` or paths such as `./my-model`. */
export const modelList = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine((entries) => entries.every((entry) => FOLDER_NAME.test(entry) || entry.includes('/')), EXPECTED)
  .refine((entries) => new Set(entries).size === entries.length, EXPECTED);

/**
 * The folders of the models to load, the default model first. Without the setting, all bundles of the repository,
 * ResNet-50 first. On Lambda, where every model takes time of a cold start, ResNet-50 alone.
 *
 * @param repository the folder of the model bundles.
 */
export function modelFolders(
  setting: readonly string[] | undefined,
  { repository, isLambda }: { readonly repository: string; readonly isLambda: boolean },
): readonly [string, ...string[]] {
  const [first = DEFAULT_MODEL, ...others] = setting ?? (isLambda ? [DEFAULT_MODEL] : bundlesIn(repository));
  const folderOf = (entry: string) => (entry.includes('/') ? resolve(entry) : resolve(repository, entry));
  return [folderOf(first), ...others.map(folderOf)];
}

/** ResNet-50 first, if it is there. */
function bundlesIn(repository: string): readonly string[] {
  const isBundle = (name: string) =>
    statSync(join(repository, name, 'manifest.json'), { throwIfNoEntry: false })?.isFile() === true;
  try {
    const names = readdirSync(repository)
      .filter((name) => FOLDER_NAME.test(name) && isBundle(name))
      .sort();
    return [
      ...names.filter((name) => name === DEFAULT_MODEL),
      ...names.filter((name) => name !== DEFAULT_MODEL),
    ];
  } catch {
    // The start reports that the default model is not there.
    return [];
  }
}

const MIB = 2 ** 20;
/**
 * A model takes this for the buffers of its runs, and {@link WEIGHTS_SHARE} times the size of its files, for its
 * weights and for copies of them that are packed for the processor. Measured as the resident memory that a second
 * model adds after some hundred predictions of both, with two threads: EfficientNet-Lite2 in int8 (7 MiB of files)
 * 42 MiB, ResNet-50 in int8 (25 MiB) 51 MiB and in fp32 (97 MiB) 192 MiB. By this estimate they take 44, 80 and 224.
 */
const RUN_BYTES = 30 * MIB;
const WEIGHTS_SHARE = 2;
/** Of ResNet-50 in int8, whose memory is in the plan anyway: PROCESS_BYTES in lambda/budget/budgets.ts. */
const PLANNED_FILE_BYTES = 26 * MIB;

const memoryOf = (fileBytes: number): number => RUN_BYTES + fileBytes * WEIGHTS_SHARE;

/**
 * Memory that these models take beyond that of the memory plan, estimated from the sizes of their files.
 *
 * @param folders of bundles.
 */
export function extraModelBytes(folders: readonly string[]): number {
  const bytes = folders.reduce((sum, folder) => sum + memoryOf(modelBytes(folder)), 0);
  return Math.max(0, bytes - memoryOf(PLANNED_FILE_BYTES));
}

/** The files that a manifest names. A folder may have others, such as the model before it was quantized. */
const named = z.object({ file: z.string() });
const namedFiles = named.extend({ weights: named.optional(), activationMaps: named.optional() });

/** A bundle that cannot be read is reported when its model is loaded. */
function modelBytes(folder: string): number {
  try {
    const { file, weights, activationMaps } = namedFiles.parse(
      JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')),
    );
    const names = [file, ...[weights, activationMaps].flatMap((other) => other?.file ?? [])];
    return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}
