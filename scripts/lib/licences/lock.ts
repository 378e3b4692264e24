import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().default(false),
    }),
  ),
});

/** A package in npm's lock file. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Undefined if its package.json states none, or not as text. */
  readonly licence: string | undefined;
  /** Whether it is only needed for development. */
  readonly dev: boolean;
}

const NODE_MODULES = 'node_modules/';

/** The packages of a package-lock.json by their folders, such as `node_modules/a/node_modules/b`. */
export async function readLock(path: string): Promise<ReadonlyMap<string, LockedPackage>> {
  const { packages } = lockSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  return new Map(
    Object.entries(packages).flatMap(([folder, { name, version, license, dev }]) => {
      const start = folder.lastIndexOf(NODE_MODULES);
      // The repository itself is not a dependency.
      if (start < 0 || !version) return [];
      return [
        [folder, { name: name ?? folder.slice(start + NODE_MODULES.length), version, licence: license, dev }],
      ];
    }),
  );
}
