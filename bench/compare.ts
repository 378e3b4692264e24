import { runCommand } from '../scripts/lib/command/command.ts';
import { flag, text, wholeNumber } from '../scripts/lib/command/options.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { compare } from './lib/compare/compare.ts';
import { WORK } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run bench:compare --',
    summary:
      'Compares this service with the PyTorch stack that it replaces, with serving frameworks and with the limits of the\n' +
      'hardware, on this machine, and writes the raw result. npm run bench does this, and then writes\n' +
      'docs/benchmarks.md with npm run bench:report and docs/cost.md with npm run cost:report. Takes about 35 minutes on two\n' +
      'cores. Needs Python 3.11 and, on the first run, PyPI. Everything that it installs is in .bench/. If Docker has the\n' +
      'image resnet50, the container is measured too, and scripts/lib/cost/durations.json is written.',
    examples: ['--quick', '--resume'],
    options: {
      float: text('FILE', {
        help: 'a float32 ONNX model with batch norm folded; without it, the int8 weights are scaled back',
      }),
      photos: text('FOLDER', {
        help: 'photos named by WordNet id, to measure accuracy on',
      }),
      output: text('FILE', {
        help: 'the raw result; without it, docs/benchmarks/result.json, or .bench/result.json if --quick',
      }),
      rounds: wholeNumber('N', { help: 'rounds of the load; without it, 3', min: 1, max: 100 }),
      resume: flag(
        'goes on with a run that was interrupted: measures only the parts that it has not finished',
      ),
      quick: flag('a short run that only shows that everything works'),
    },
  },
  async ({ float, photos, output, quick, rounds, resume }) => {
    const usual = quick ? `${WORK}result.json` : `${REPOSITORY}docs/benchmarks/result.json`;
    // An interruption must end the process in order, so that the servers end too.
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    await compare({
      output: output ?? usual,
      floatModel: float,
      accuracyPhotos: photos,
      quick,
      rounds,
      resume,
    });
    return 0;
  },
);
