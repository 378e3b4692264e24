import { join, relative, resolve } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { flag, text } from './lib/command/options.ts';
import { createProgress, type Progress } from './lib/command/progress.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { fetchModel } from './lib/model/fetch.ts';
import { describeSources, loadModelSources } from './lib/model/sources.ts';
import { MODEL_BUNDLE, MODELS } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run model:fetch --',
    summary:
      'Downloads a published ResNet-50 as a model bundle. Without a name, lists the models that it knows.',
    examples: ['', 'resnet50-imagenet1k-v2'],
    positionals: { name: text('NAME', { help: 'a model of the list' }) },
    options: {
      dir: text('FOLDER', { help: 'folder for the bundle; without it, models/NAME' }),
      sources: text('FILE', { help: 'the list of models', default: join(MODELS, 'sources.json') }),
      labels: text('FILE', { help: 'the labels', default: join(MODEL_BUNDLE, 'labels.json') }),
      force: flag('downloads again, and replaces a bundle of another name'),
    },
  },
  async ({ name, dir, sources: list, labels, force }) => {
    const sources = await loadModelSources(list);
    if (name === undefined) {
      console.log(describeSources(sources));
      return 0;
    }
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (source === undefined) {
      throw new UsageError(`NAME: expected one of ${Object.keys(sources).join(', ')}, got ${name}`);
    }

    const directory = dir ?? join(MODELS, name);
    const shown = relative('.', directory) || '.';
    console.log(`${name}: ${source.url}`);
    let progress: Progress | undefined;
    const { downloaded, outputs } = await fetchModel(
      { name, source, directory, labelsFile: labels, force },
      {
        onProgress(received) {
          progress ??= createProgress(process.stdout, source.bytes);
          progress.update(received);
        },
      },
    ).finally(() => progress?.stop());

    console.log(
      downloaded
        ? `Checksum verified, bundle written to ${shown}`
        : `Already in ${shown} with the right checksum, nothing downloaded`,
    );
    console.log(outputs);
    console.log(`MODELS=${dir === undefined ? name : resolve(dir)} npm start`);
    return 0;
  },
);
