import { readFile, writeFile } from 'node:fs/promises';
import { runCommand } from './lib/command/command.ts';
import { baseImageOf, newestDigest, withPatches } from './lib/patch/dockerfile.ts';
import { REPOSITORY } from './lib/paths.ts';
import { run } from './lib/system/run.ts';

await runCommand(
  {
    name: 'npm run image:patch --',
    summary:
      'Pins the newest base image in the Dockerfile and sets its PATCHED_ON to today, so that the next build gets all\n' +
      'security updates of Node.js and Debian. Needs Docker with buildx.',
    examples: [''],
    activity: 'Looking for a newer base image',
    options: {},
  },
  async () => {
    const path = `${REPOSITORY}Dockerfile`;
    const dockerfile = await readFile(path, 'utf8');
    const image = baseImageOf(dockerfile);
    const digest = await newestDigest(image, run);
    const patchedOn = new Date().toISOString().slice(0, 10);
    await writeFile(path, withPatches(dockerfile, { digest, patchedOn }));
    console.log(`${image} is ${digest}; patched on ${patchedOn}`);
    return 0;
  },
);
