/**
 * Measures top-1 and top-5 accuracy over a folder of photos named `nXXXXXXXX_*.JPEG` (WordNet id of their class):
 *
 *   npm run accuracy -- DIR [--model models/NAME] [--threads N] [--json]   by the service's code, in this process
 *   npm run accuracy -- DIR --url http://localhost:8080 [--json]           by the HTTP API of a running service
 *
 * Progress goes to stderr with --json, so that stdout is the JSON alone. Exit codes: 0 done, 1 failed (one line on
 * stderr), 2 wrong usage.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../lambda/config.ts';
import { createProgress, type Progress } from './lib/command/progress.ts';
import {
  connectSubject,
  formatAccuracy,
  loadSubject,
  measureAccuracy,
} from './lib/model/accuracy/measure.ts';

const USAGE = 'Usage: npm run accuracy -- DIR [--model DIR] [--threads N] [--url URL] [--json]';

async function main(): Promise<number> {
  const args = readArguments();
  if (typeof args === 'string') {
    console.error(`${args}\n${USAGE}`);
    return 2;
  }
  const { directory, url, model, threads, json } = args;
  const subject = url
    ? await connectSubject(url)
    : await loadSubject(
        readConfig({
          ...process.env,
          ...(model ? { MODEL_DIR: model } : {}),
          ...(threads ? { INTRA_OP_THREADS: threads } : {}),
        }),
      );
  let progress: Progress | undefined;
  const accuracy = await measureAccuracy(directory, subject, (done, total) => {
    progress ??= createProgress(json ? process.stderr : process.stdout, total, {
      name: 'images',
      scale: 1,
      digits: 0,
    });
    progress.update(done);
  }).finally(() => progress?.stop());
  console.log(json ? JSON.stringify(accuracy, null, 2) : formatAccuracy(accuracy));
  return 0;
}

/** @returns what is wrong, or the arguments. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        model: { type: 'string' },
        threads: { type: 'string' },
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [directory, ...others] = positionals;
    const { url, model, threads } = values;
    if (!directory || others.length > 0) return `Expected one folder, got ${positionals.join(' ') || 'none'}`;
    if (threads !== undefined && !/^[1-9]\d?$/.test(threads))
      return `--threads: expected a number from 1 to 99, got ${threads}`;
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      return `--url: expected an http or https URL, got ${url}`;
    if (url !== undefined && (model ?? threads) !== undefined)
      return '--model and --threads belong to the running service with --url';
    return { ...values, directory };
  } catch (error) {
    return (error as Error).message;
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
});
