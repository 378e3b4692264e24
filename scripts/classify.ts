import { basename, resolve } from 'node:path';
import { readConfig } from '../lambda/config.ts';
import { DEFAULT_TOP_K, MAX_EXPLAIN, MAX_TOP_K } from '../lambda/http/options/values.ts';
import { loadVips } from '../lambda/images/libvips.ts';
import { catchUp } from './lib/classify/catch-up.ts';
import { classifyAll } from './lib/classify/classify-all.ts';
import { createPhotoClassifier } from './lib/classify/classify-photo.ts';
import { createCopies } from './lib/classify/copies/copies.ts';
import { copyTarget } from './lib/classify/copies/target.ts';
import { findPhotos } from './lib/classify/photos/find-photos.ts';
import { beginOrResume } from './lib/classify/results/begin.ts';
import { csv } from './lib/classify/results/csv.ts';
import { ndjson } from './lib/classify/results/ndjson.ts';
import { openResults } from './lib/classify/results/results-file.ts';
import { listenForStop } from './lib/classify/stop-signals.ts';
import { failedOf, formatSummary } from './lib/classify/summary.ts';
import { runCommand } from './lib/command/command.ts';
import { flag, text, texts, wholeNumber } from './lib/command/options.ts';
import { createProgress } from './lib/command/progress.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { loadPredictor } from './lib/model/predictor.ts';

await runCommand(
  {
    name: 'npm run classify --',
    summary:
      'Classifies photos without a server, with the service’s code in this process, and writes a line for each photo.\n' +
      'The same command goes on where it stopped, after Ctrl-C too (exit code 130). docs/classify-folders.md has more.\n\n' +
      '  npm run classify -- ~/Pictures --out results.ndjson\n' +
      '  npm run classify -- cat.jpg dog.jpg --out results.csv --csv --top-k 1\n' +
      "  npm run classify -- list.txt --out results.ndjson --copy-to 'sorted/{label}'",
    positionals: {
      photos: texts('PHOTOS', { help: 'folders, photos, and lists of photos (*.txt, a path on each line)' }),
    },
    options: {
      out: text('FILE', { help: 'the results, as NDJSON', required: true }),
      csv: flag('writes CSV instead, a row for each class'),
      model: text('MODEL', { help: 'a folder in models/, or the path of another bundle' }),
      'top-k': wholeNumber('N', {
        help: 'classes for each photo',
        min: 1,
        max: MAX_TOP_K,
        default: DEFAULT_TOP_K,
      }),
      explain: wholeNumber('N', {
        help: 'classes to explain with a class activation map',
        min: 1,
        max: MAX_EXPLAIN,
      }),
      'copy-to': text('DIR/{label}', { help: 'copies each photo into a folder of its most probable class' }),
      restart: flag('throws earlier results away and begins anew'),
    },
    exitCodes: { success: 'all photos were classified', failure: 'some could not be, or the command failed' },
  },
  async ({ photos, out, csv: asCsv, model, 'top-k': topK, explain = 0, 'copy-to': copyTo, restart }) => {
    if (asCsv && explain > 0)
      throw new UsageError('--csv: expected no --explain, whose maps are for NDJSON only');
    const { files, folders, skipped } = await findPhotos(photos);
    const copyFolder = copyTo === undefined ? undefined : copyTarget(copyTo, folders);

    const config = readConfig({ ...process.env, ...(model === undefined ? {} : { MODELS: model }) });
    const { classifier, predictor } = await loadPredictor(config, catchUp);
    await loadVips();
    const { name, version, sha256, output, activationMaps } = classifier.manifest;
    if (explain > 0 && !activationMaps) {
      throw new UsageError(`--explain: expected a model with activation maps, got ${name}@${version}`);
    }

    const format = asCsv
      ? csv({ name, version }, Math.min(topK, output.shape[1]))
      : ndjson({ name, version });
    const settings = {
      format: format.name,
      model: { name, version, sha256 },
      topK,
      explain,
      copyTo: copyTo ?? null,
    };
    const done = await beginOrResume(out, settings, format, restart);
    const left = files.filter((file) => !done.files.has(resolve(file)));

    const failures = new Map(done.failures);
    let classified = 0;
    const results = await openResults(out, done.end);
    if (done.end === 0) await results.append(format.heading);
    using signals = listenForStop();
    const progress = createProgress(
      process.stderr,
      files.length,
      { name: 'photos', scale: 1, digits: 0 },
      files.length - left.length,
    );
    const start = performance.now();
    try {
      await classifyAll({
        photos: left,
        classify: createPhotoClassifier(predictor, config.limits.maxImageBytes, { topK, explain }),
        format,
        results,
        copies: copyFolder === undefined ? undefined : createCopies(copyFolder, `.${basename(out)}.part`),
        stop: signals.stop,
        onDone(problem) {
          classified += 1;
          if (problem) failures.set(problem, (failures.get(problem) ?? 0) + 1);
          progress.update(files.length - left.length + classified);
        },
      });
    } finally {
      progress.stop();
      await results.close();
    }
    const seconds = (performance.now() - start) / 1000;
    console.log(
      formatSummary({
        results: out,
        done: done.files.size + classified,
        left: left.length - classified,
        failures,
        skipped,
        now: { photos: classified, seconds },
      }),
    );
    return signals.code() ?? (failedOf({ failures }) > 0 ? 1 : 0);
  },
);
