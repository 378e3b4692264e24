import { BUNDLES, bundle } from '../image/bundle.ts';

/** The folder of a package. The path may lead out of the repository, if node_modules is a link. */
const PACKAGE_FOLDER = /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * The folders of the packages whose code is in the bundles, as in `node_modules/a/node_modules/b`, sorted.
 */
export async function bundledPackages(): Promise<readonly string[]> {
  const folders = new Set<string>();
  for (const entries of BUNDLES) {
    const { outputs } = await bundle(entries, { out: 'dist', write: false });
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const [folder] = PACKAGE_FOLDER.exec(file) ?? [];
        // A package with types only leaves nothing behind.
        if (folder && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return [...folders].sort();
}
