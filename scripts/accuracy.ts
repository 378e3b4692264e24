import { readConfig } from '../lambda/config.ts';
import { runCommand } from './lib/command/command.ts';
import { flag, text, url, wholeNumber } from './lib/command/options.ts';
import { createProgress, type Progress } from './lib/command/progress.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { connectPhotoClassifier } from './lib/model/accuracy/connect.ts';
import { formatAccuracy } from './lib/model/accuracy/format.ts';
import { loadPhotoClassifier } from './lib/model/accuracy/in-process.ts';
import { measureAccuracy } from './lib/model/accuracy/measure.ts';

await runCommand(
  {
    name: 'npm run accuracy --',
    summary:
      'Measures top-1 and top-5 accuracy on a folder of photos named nXXXXXXXX_*.JPEG, after the WordNet id of their\n' +
      'class: with the service’s code in this process, or over the HTTP API of a running service.',
    examples: ['photos/', 'photos/ --model efficientnet-lite2', 'photos/ --url http://localhost:8080'],
    positionals: { folder: text('FOLDER', { help: 'the photos', required: true }) },
    options: {
      model: text('MODEL', { help: 'a folder in models/, or the path of another bundle' }),
      threads: wholeNumber('N', { help: 'threads of the model', min: 1, max: 99 }),
      url: url({ help: 'a running service, instead of this process' }),
      json: flag('prints JSON, and the progress on stderr'),
    },
  },
  async ({ folder, model, threads, url, json }) => {
    if (url !== undefined && (model !== undefined || threads !== undefined)) {
      throw new UsageError(
        '--url: expected neither --model nor --threads, which the running service decides',
      );
    }
    const classifier =
      url === undefined
        ? await loadPhotoClassifier(
            readConfig({
              ...process.env,
              ...(model === undefined ? {} : { MODELS: model }),
              ...(threads === undefined ? {} : { INTRA_OP_THREADS: String(threads) }),
            }),
          )
        : await connectPhotoClassifier(url);
    let progress: Progress | undefined;
    const accuracy = await measureAccuracy(folder, classifier, (done, total) => {
      progress ??= createProgress(json ? process.stderr : process.stdout, total, {
        name: 'images',
        scale: 1,
        digits: 0,
      });
      progress.update(done);
    }).finally(() => progress?.stop());
    console.log(json ? JSON.stringify(accuracy, null, 2) : formatAccuracy(accuracy));
    return 0;
  },
);
