import { relative } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { checkOption } from './lib/generated/files.ts';
import { findOutdated, optimiseBundle } from './lib/model/optimised/bundle.ts';
import { optimisedBundles } from './lib/model/optimised/repository.ts';
import { MODELS, REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run model:optimise --',
    summary:
      'Optimises the graph of each model in models/ with the installed version of ONNX Runtime, so that the service need\n' +
      'not do it at every start. Gives the graph the outputs for embeddings and class activation maps. Writes the graph,\n' +
      'the one that makes the maps, and what the manifest says of them. Leaves out bundles whose manifest has no field\n' +
      '"optimised".',
    examples: ['', '--check'],
    activity: 'Optimising the models',
    options: {
      check: checkOption,
      dir: text('FOLDER', { help: 'one model bundle, instead of all in models/' }),
    },
  },
  async ({ check, dir }) => {
    const bundles = dir === undefined ? await optimisedBundles(MODELS) : [dir];
    if (!check) {
      for (const bundle of bundles) {
        const reason = await optimiseBundle(bundle);
        if (reason !== undefined)
          console.log(`${relative(REPOSITORY, bundle)}: no activation maps: ${reason}`);
      }
      return 0;
    }
    const outdated = (await Promise.all(bundles.map(findOutdated))).flat();
    for (const path of outdated) {
      console.error(
        `${relative(REPOSITORY, path)} is out of date with ONNX Runtime or with its source. Run: npm run model:optimise`,
      );
    }
    return outdated.length === 0 ? 0 : 1;
  },
);
