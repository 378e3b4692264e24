import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text, wholeNumber } from './lib/command/options.ts';
import { variedExamples } from './lib/model/varied-examples.ts';
import { REPOSITORY } from './lib/paths.ts';
import { run } from './lib/system/run.ts';

/**
 * Decoders round differently by one unit here and there when they use other instructions. The model is exact.
 */
const TOLERANCE = 0.02;
const PROGRAM = `${REPOSITORY}scripts/programs/probabilities.ts`;
const HASWELL = ['qemu-x86_64-static', '-cpu', 'Haswell'] as const;

await runCommand(
  {
    name: 'npm run avx2 --',
    summary:
      'Checks that a processor with AVX2 but without VNNI, which is all that Lambda promises, gives the same answers as\n' +
      'this one: int8 products that saturate would be wrong. Classifies photos here and on a Haswell emulated by QEMU,\n' +
      'which has no AVX-512, and compares the probabilities of all classes.',
    examples: ['', 'photos/ --model resnet50'],
    activity: 'Classifying photos here and on a Haswell',
    positionals: {
      folder: text('FOLDER', { help: 'photos; without it, the examples, cropped and mirrored' }),
    },
    options: {
      model: text('MODEL', {
        help: 'a folder in models/, or the path of another bundle',
        default: 'resnet50',
      }),
      photos: wholeNumber('N', { help: 'photos at most', min: 1, max: 100_000, default: 20 }),
    },
    exitCodes: { success: 'the same answers', failure: 'other answers' },
  },
  async ({ folder, model, photos: limit }) => {
    const work = await mkdtemp(join(tmpdir(), 'avx2-'));
    try {
      const all = folder ? await photosIn(folder) : await variedExamples(work);
      return await compare(model, all.slice(0, limit));
    } finally {
      await rm(work, { recursive: true });
    }
  },
);

async function photosIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder}: expected JPEG files, got none`);
  return names.map((name) => join(folder, name));
}

async function compare(model: string, photos: readonly string[]): Promise<0 | 1> {
  const here = await probabilities(model, [process.execPath], photos);
  const there = await probabilities(model, [...HASWELL, process.execPath], photos);
  const sameTop = here.filter((row, index) => top(row) === top(there[index] ?? [])).length;
  const worst = Math.max(...here.map((row, index) => distance(row, there[index] ?? [])));
  console.log(
    `${model}: ${photos.length} photos, this processor and ${HASWELL.join(' ')}: ${sameTop} with the same top-1 class, ` +
      `largest difference of a probability ${worst.toExponential(1)} (at most ${TOLERANCE})`,
  );
  return sameTop === photos.length && worst <= TOLERANCE ? 0 : 1;
}

/** @returns for each photo the probability of each class. */
async function probabilities(
  model: string,
  [command, ...args]: readonly [string, ...string[]],
  photos: readonly string[],
): Promise<number[][]> {
  const lines = await run(command, [...args, PROGRAM, ...photos], {
    env: { ...process.env, MODELS: model },
  });
  return lines.split('\n').map((line) => JSON.parse(line));
}

function top(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 1)))) : 1;
}
