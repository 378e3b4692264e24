import { constants, copyFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Manifest } from '../../../../../lambda/model/manifest.ts';
import { sha256Of } from '../../../system/files.ts';

/**
 * Copies the file with the graph's tensors, which ONNX calls external data, into a bundle.
 *
 * @param names as the graph has them.
 * @param graph path of the graph, which they are relative to.
 * @returns undefined if the graph holds all its tensors.
 * @throws Error in one line for several files, for one outside the graph's folder, and for one that does not exist.
 */
export async function copyDataFile(
  names: readonly string[],
  graph: string,
  bundle: string,
): Promise<Manifest['weights']> {
  const [name, ...others] = names;
  if (name === undefined) return undefined;
  const outside = names.find((one) => isAbsolute(one) || /[\\/]/.test(one) || one === '..');
  if (outside !== undefined) {
    throw new Error(`${graph}: expected external data in the graph's own folder, got ${outside}`);
  }
  if (others.length > 0) {
    throw new Error(
      `${graph}: expected external data in one file, got ${names.length}; ` +
        'onnx.save_model(model, path, save_as_external_data=True, all_tensors_to_one_file=True) makes one of them',
    );
  }
  const source = join(dirname(graph), name);
  const found = await stat(source).catch(() => undefined);
  if (!found?.isFile()) {
    throw new Error(
      `${source}: expected the external data of ${graph}, but there is no such file; see docs/troubleshooting.md#external-data-is-missing`,
    );
  }
  const copy = join(bundle, name);
  await copyFile(source, copy, constants.COPYFILE_FICLONE);
  return { file: name, sha256: await sha256Of(copy) };
}
