import { cp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { BUNDLES, bundle } from './lib/image/bundle.ts';
import { copyPages } from './lib/image/pages.ts';
import { REPOSITORY } from './lib/paths.ts';

/** The notices of what the bundles contain. */
const NOTICES = ['LICENSE', 'NOTICE', 'THIRD-PARTY-NOTICES', 'licences'];

await runCommand(
  {
    name: 'npm run build --',
    summary:
      'Bundles the entries of the service into dist/, with the files of its pages and the licence notices.',
    examples: [''],
    activity: 'Bundling the service',
  },
  async () => {
    const out = join(REPOSITORY, 'dist');
    await rm(out, { recursive: true, force: true });
    for (const entries of BUNDLES) {
      const { outputs } = await bundle(entries, { out, write: true });
      for (const file of Object.keys(outputs).filter((name) => name.endsWith('.mjs'))) {
        const { size } = await stat(join(REPOSITORY, file));
        console.log(`${file} ${(size / 1024).toFixed(0)} KiB`);
      }
    }
    await copyPages(join(REPOSITORY, 'lambda/http/page'), join(out, 'page'));
    for (const name of NOTICES) await cp(join(REPOSITORY, name), join(out, name), { recursive: true });
    return 0;
  },
);
