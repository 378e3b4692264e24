import { basename, resolve } from 'node:path';
import { DEFAULT_TOP_K, MAX_EXPLAIN, MAX_TOP_K } from '../lambda/http/options/values.ts';
import { STAGE_NAMES } from '../lib/stages.ts';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { chooseSource } from './lib/classify/choose-source.ts';
import { createCopies } from './lib/classify/copies/copies.ts';
import { copyTarget } from './lib/classify/copies/target.ts';
import { findPhotos } from './lib/classify/photos/find-photos.ts';
import { beginOrResume } from './lib/classify/results/begin.ts';
import { csv } from './lib/classify/results/csv.ts';
import { ndjson } from './lib/classify/results/ndjson.ts';
import { openResults } from './lib/classify/results/results-file.ts';
import { failedOf, formatSummary } from './lib/classify/summary.ts';
import { writeAnswers } from './lib/classify/write-answers.ts';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, text, texts, url, wholeNumber } from './lib/command/options.ts';
import { listenForStop } from './lib/command/stop-signals.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { credentialOptions } from './lib/credentials/options.ts';

await runCommand(
  {
    name: 'npm run classify --',
    summary:
      'Classifies photos and writes a line for each photo: without a server, with the service’s code in this process; or\n' +
      'with --stage or --url as jobs of a service. The same command goes on where it stopped, after Ctrl-C too (exit code\n' +
      '130). docs/classify-folders.md has more.',
    examples: [
      '~/Pictures --out results.ndjson',
      'cat.jpg dog.jpg --out results.csv --csv --top-k 1',
      "list.txt --out results.ndjson --copy-to 'sorted/{label}'",
      '~/Pictures --out results.ndjson --stage prod',
    ],
    positionals: {
      photos: texts('PHOTOS', { help: 'folders, photos, and lists of photos (*.txt, a path on each line)' }),
    },
    options: {
      out: text('FILE', { help: 'the results, as NDJSON', required: true }),
      csv: flag('writes CSV instead, a row for each class'),
      model: text('MODEL', {
        help: 'a folder in models/, or the path of another bundle; with --stage or --url a model of the service',
      }),
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
      stage: choice(STAGE_NAMES, {
        help: 'uploads the photos to a deployed stage, which classifies them as jobs',
      }),
      url: url({ help: 'the same with any service, such as http://127.0.0.1:8080' }),
      ...credentialOptions,
      restart: flag('throws earlier results away and begins again'),
    },
    exitCodes: { success: 'all photos were classified', failure: 'some could not be, or the command failed' },
    explain: explainAwsError,
  },
  async (given) => {
    const { photos, out, csv: asCsv, 'top-k': topK, explain = 0, 'copy-to': copyTo, restart } = given;
    if (asCsv && explain > 0)
      throw new UsageError('--csv: expected no --explain, whose maps are for NDJSON only');
    const { files, folders, skipped } = await findPhotos(photos);
    const copyFolder = copyTo === undefined ? undefined : copyTarget(copyTo, folders);

    const chosen = await chooseSource(given);
    const { model, classes, hasActivationMaps } = chosen.source;
    if (explain > 0 && !hasActivationMaps) {
      throw new UsageError(
        `--explain: expected a model with activation maps, got ${model.name}@${model.version}`,
      );
    }

    const format = asCsv ? csv(model, Math.min(topK, classes)) : ndjson(model);
    const settings = {
      format: format.name,
      model,
      topK,
      explain,
      copyTo: copyTo ?? null,
    };
    const done = await beginOrResume(out, settings, format, restart);
    if (restart) await chosen.restart();
    const left = files.filter((file) => !done.files.has(resolve(file)));

    const failures = new Map(done.failures);
    let classified = 0;
    const results = await openResults(out, done.end);
    if (done.end === 0) await results.append(format.heading);
    using signals = listenForStop();
    const start = performance.now();
    try {
      await writeAnswers({
        answers: chosen.source.classify({
          photos: left,
          options: { topK, explain },
          done: files.length - left.length,
          stop: signals.stop,
        }),
        format,
        results,
        copies: copyFolder === undefined ? undefined : createCopies(copyFolder, `.${basename(out)}.part`),
        onDone(problem) {
          classified += 1;
          if (problem) failures.set(problem, (failures.get(problem) ?? 0) + 1);
        },
      });
    } finally {
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
