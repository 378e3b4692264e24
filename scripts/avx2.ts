/**
 * Proves that a processor with AVX2 but without VNNI, which is all that Lambda promises, gives the answers that this one
 * gives: int8 products that saturate would be wrong ones. Classifies photos here and on an emulated Haswell (QEMU has
 * no AVX-512 at all, so nothing else can run) and compares the probabilities of all classes.
 *
 *   npm run avx2 -- [FOLDER] [--photos 20]       the examples, flipped and cut, where no folder of photos is given
 *
 * Exit codes: 0 the same, 1 not.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { variedExamples } from './lib/model/varied-examples.ts';

/** Decoders round by a unit here and there with other instructions; the model itself is exact. */
const TOLERANCE = 0.02;
const HASWELL = ['qemu-x86_64-static', '-cpu', 'Haswell'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { photos: { type: 'string', default: '20' } },
});
const [folder] = positionals;
const work = await mkdtemp(join(tmpdir(), 'avx2-'));
try {
  const all = folder ? await photosIn(folder) : await variedExamples(work);
  const photos = all.slice(0, Number(values.photos));
  const here = await probabilities(process.execPath, [], photos);
  const [emulator = '', ...cpu] = HASWELL;
  const there = await probabilities(emulator, [...cpu, process.execPath], photos);

  const sameTop = here.filter((row, index) => top(row) === top(there[index] ?? [])).length;
  const worst = Math.max(...here.map((row, index) => distance(row, there[index] ?? [])));
  console.log(
    `${photos.length} photos, this processor and ${HASWELL.join(' ')}: ${sameTop} with the same first class, ` +
      `largest difference of a probability ${worst.toExponential(1)} (at most ${TOLERANCE})`,
  );
  if (photos.length === 0 || sameTop < photos.length || !(worst <= TOLERANCE)) process.exitCode = 1;
} finally {
  await rm(work, { recursive: true });
}

async function photosIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => /\.jpe?g$/i.test(name)).sort();
  return names.map((name) => join(directory, name));
}

/** @returns for each photo the probability of each class. */
async function probabilities(
  command: string,
  before: readonly string[],
  photos: readonly string[],
): Promise<number[][]> {
  const program = fileURLToPath(new URL('programs/probabilities.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(command, [...before, program, ...photos], {
    maxBuffer: 2 ** 26,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function top(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}

function distance(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 1)))) : 1;
}
