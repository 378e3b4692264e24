/**
 * Downloads a published ResNet-50 as a model bundle:
 *
 *   npm run model:fetch                    lists the models of models/sources.json
 *   npm run model:fetch -- NAME [--dir models/NAME] [--sources FILE] [--labels FILE] [--force]
 *
 * Exit codes: 0 done, 1 failed (one line on stderr), 2 wrong usage.
 */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createProgress } from './lib/command/progress.ts';
import { fetchModel } from './lib/model/fetch.ts';
import { describeSources, loadModelSources } from './lib/model/sources.ts';

const USAGE = 'Usage: npm run model:fetch -- [NAME] [--dir DIR] [--sources FILE] [--labels FILE] [--force]';
const MODELS = fileURLToPath(new URL('../models/', import.meta.url));

async function main(): Promise<number> {
  const args = readArguments();
  if (typeof args === 'string') {
    console.error(`${args}\n${USAGE}`);
    return 2;
  }
  const sources = await loadModelSources(args.sources ?? join(MODELS, 'sources.json'));
  const { name } = args;
  if (name === undefined) {
    console.log(describeSources(sources));
    return 0;
  }
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (source === undefined) {
    console.error(`Expected one of ${Object.keys(sources).join(', ')}, got ${name}`);
    return 2;
  }

  const directory = args.dir ?? join(MODELS, name);
  const shown = relative('.', directory) || '.';
  console.log(`${name}: ${source.url}`);
  let progress: ReturnType<typeof createProgress> | undefined;
  const downloaded = await fetchModel(
    {
      name,
      source,
      directory,
      labelsFile: args.labels ?? join(MODELS, 'resnet50', 'labels.json'),
      force: args.force ?? false,
    },
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
  console.log(`MODEL_DIR=${shown} npm start`);
  return 0;
}

/** @returns what is wrong, or the arguments. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        dir: { type: 'string' },
        sources: { type: 'string' },
        labels: { type: 'string' },
        force: { type: 'boolean' },
      },
    });
    if (positionals.length > 1) return `Expected at most one name, got ${positionals.join(' ')}`;
    return { ...values, name: positionals[0] };
  } catch (error) {
    return (error as Error).message;
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
});
