import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { lintLockfile } from './lib/lockfile/lint.ts';
import { readLockEntries, readRoot } from './lib/lockfile/lock.ts';
import { REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run lint:lockfile --',
    summary:
      'Checks every package-lock.json: all packages come from the registry, have a SHA-512 hash, and are asked for by\n' +
      'package.json or by another package.',
    examples: [''],
    exitCodes: { success: 'no findings', failure: 'findings' },
  },
  async () => {
    let code: 0 | 1 = 0;
    for (const path of lockfiles()) {
      const [lock, root] = await Promise.all([
        readFile(join(REPOSITORY, path), 'utf8'),
        readFile(join(REPOSITORY, dirname(path), 'package.json'), 'utf8'),
      ]);
      const entries = readLockEntries(lock);
      const findings = lintLockfile(entries, readRoot(root));
      for (const finding of findings) console.error(`${path}: ${finding}`);
      console.log(`${path}: ${entries.size} packages, ${findings.length || 'no'} findings`);
      if (findings.length > 0) code = 1;
    }
    return code;
  },
);

function lockfiles(): readonly string[] {
  return globSync('{,scripts/**/,site/,test/**/,examples/**/,bench/**/}package-lock.json', {
    cwd: REPOSITORY,
    exclude: ['**/node_modules'],
  }).sort();
}
