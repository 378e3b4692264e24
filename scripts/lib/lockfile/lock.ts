import { z } from 'zod';

const specifiers = z.record(z.string(), z.string()).default({});

const packageSchema = z.object({
  /** Only of a package in a folder with another name: an alias. */
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().default(false),
  inBundle: z.boolean().default(false),
  bundleDependencies: z.union([z.array(z.string()), z.boolean()]).optional(),
  dependencies: specifiers,
  devDependencies: specifiers,
  optionalDependencies: specifiers,
  peerDependencies: specifiers,
});

export type LockEntry = z.infer<typeof packageSchema>;

/** The packages of a lock file by their folders, such as `node_modules/a/node_modules/b`. */
export type LockEntries = ReadonlyMap<string, LockEntry>;

const lockSchema = z.object({
  lockfileVersion: z.literal(3, { error: 'expected lockfileVersion 3' }),
  packages: z.record(z.string(), packageSchema),
});

/**
 * Reads the text of a package-lock.json.
 *
 * @throws ZodError if it is not a lock file of version 3.
 */
export function readLockEntries(text: string): LockEntries {
  const { packages } = lockSchema.parse(JSON.parse(text));
  // The root is package.json, which is read itself.
  return new Map(Object.entries(packages).filter(([folder]) => folder !== ''));
}

/** Reads the text of a package.json as the root of a dependency tree. */
export const readRoot = (text: string): LockEntry => packageSchema.parse(JSON.parse(text));

/** Everything that a package asks for, with the version or the place that it asks for. */
export const requestsOf = (entry: LockEntry): readonly (readonly [name: string, specifier: string])[] =>
  [entry.dependencies, entry.devDependencies, entry.optionalDependencies, entry.peerDependencies].flatMap(
    Object.entries,
  );

const NODE_MODULES = 'node_modules/';

/** The name of the package in a folder. */
export const nameIn = (folder: string): string =>
  folder.slice(folder.lastIndexOf(NODE_MODULES) + NODE_MODULES.length);

/** The folders in which Node.js looks for what a package in `folder` imports, nearest first. */
export function* foldersUp(folder: string): Generator<string> {
  let current = folder;
  while (current) {
    yield current;
    current = current.slice(0, Math.max(0, current.lastIndexOf(`/${NODE_MODULES}`)));
  }
  yield '';
}
