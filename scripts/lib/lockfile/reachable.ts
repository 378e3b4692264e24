import { foldersUp, type LockEntries, type LockEntry, requestsOf } from './lock.ts';

/**
 * The folders of the packages that something asks for: the root, or another package that is asked for.
 *
 * @param root package.json itself.
 */
export function reachable(entries: LockEntries, root: LockEntry): ReadonlySet<string> {
  const found = new Set<string>();
  const open: (readonly [folder: string, entry: LockEntry])[] = [['', root]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [folder, entry] = next;
    for (const [name] of requestsOf(entry)) {
      const place = resolve(entries, folder, name);
      const target = place && entries.get(place);
      if (!target || found.has(place)) continue;
      found.add(place);
      open.push([place, target]);
    }
  }
  return found;
}

/** Where Node.js finds a package. Undefined for one that is optional and left out. */
function resolve(entries: LockEntries, from: string, name: string): string | undefined {
  for (const folder of foldersUp(from)) {
    const place = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (entries.has(place)) return place;
  }
  return undefined;
}
