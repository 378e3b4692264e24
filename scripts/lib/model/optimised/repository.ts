import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NoBundleError, readManifest } from '../../../../lambda/model/bundle.ts';

/**
 * @param models the folder of the model bundles.
 * @returns the folders of those whose graph ONNX Runtime has optimised, sorted by name.
 * @throws BundleError for a manifest with a wrong or unknown field.
 */
export async function optimisedBundles(models: string): Promise<string[]> {
  const entries = await readdir(models, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(models, name));
  const isOptimised = await Promise.all(folders.sort().map(hasOptimisedGraph));
  return folders.filter((_, index) => isOptimised[index]);
}

async function hasOptimisedGraph(folder: string): Promise<boolean> {
  try {
    return (await readManifest(folder)).optimised !== undefined;
  } catch (error) {
    if (error instanceof NoBundleError) return false;
    throw error;
  }
}
