import { relative } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { checkOption } from './lib/generated/files.ts';
import { findOutdated, optimiseBundle } from './lib/model/optimised/bundle.ts';
import { MODEL_BUNDLE, REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run model:optimise --',
    summary:
      'Optimises the graph of the model with the installed version of ONNX Runtime, so that the service need not do it at\n' +
      'every start. Writes the graph, and its checksum into the manifest.',
    options: {
      check: checkOption,
      dir: text('FOLDER', { help: 'the model bundle', default: MODEL_BUNDLE }),
    },
  },
  async ({ check, dir }) => {
    if (!check) {
      await optimiseBundle(dir);
      return 0;
    }
    const outdated = await findOutdated(dir);
    for (const path of outdated) {
      console.error(
        `${relative(REPOSITORY, path)} is out of date with ONNX Runtime or with its source. Run: npm run model:optimise`,
      );
    }
    return outdated.length === 0 ? 0 : 1;
  },
);
