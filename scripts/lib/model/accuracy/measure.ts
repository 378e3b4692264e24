import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PhotoClassifier, UnusableImage } from './photo-classifier.ts';

export interface Accuracy {
  /** Photos that were classified. */
  readonly images: number;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Share of the photos, 0..1, whose label is the most probable class. */
  readonly top1: number;
  /** Share of the photos, 0..1, whose label is among the five most probable classes. */
  readonly top5: number;
  /** One image at a time; includes reading the file, but not loading the model. */
  readonly imagesPerSecond: number;
  readonly model: PhotoClassifier['model'];
  readonly threads: number;
}

const LABELLED = /^(n\d{8})_.*\.jpe?g$/i;

/**
 * Classifies every `nXXXXXXXX_*.JPEG` in a folder. Skips other files, classes that the model does not have
 * and images that cannot be decoded, and lists what it skipped.
 *
 * @param onProgress is called after each file with such a name.
 * @throws Error in one line if every file was skipped.
 */
export async function measureAccuracy(
  folder: string,
  classifier: PhotoClassifier,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Accuracy> {
  const files = (await listFiles(folder)).map((file) => ({
    file,
    wnid: LABELLED.exec(file)?.[1]?.toLowerCase(),
  }));
  const photos = files.flatMap(({ file, wnid }) => (wnid === undefined ? [] : [{ file, wnid }]));
  const skipped = files.flatMap(({ file, wnid }) =>
    wnid === undefined ? [{ file, reason: 'its name is not nXXXXXXXX_*.JPEG' }] : [],
  );
  let images = 0;
  let top1 = 0;
  let top5 = 0;
  const start = performance.now();
  for (const [index, { file, wnid }] of photos.entries()) {
    try {
      if (!classifier.wnids.has(wnid)) throw new UnusableImage(`the model has no class ${wnid}`);
      const answer = await classifier.classify(await readFile(join(folder, file)));
      images += 1;
      if (answer[0] === wnid) top1 += 1;
      if (answer.includes(wnid)) top5 += 1;
    } catch (error) {
      if (!(error instanceof UnusableImage)) throw error;
      skipped.push({ file, reason: error.message });
    }
    onProgress(index + 1, photos.length);
  }
  const seconds = (performance.now() - start) / 1000;
  if (images === 0) {
    const [example] = skipped;
    const reason = example ? `; ${example.file}: ${example.reason}` : '';
    throw new Error(`${folder}: expected photos named nXXXXXXXX_*.JPEG, got none that can be used${reason}`);
  }
  return {
    images,
    skipped,
    top1: top1 / images,
    top5: top5 / images,
    imagesPerSecond: images / seconds,
    model: classifier.model,
    threads: classifier.threads,
  };
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${folder}: expected a folder of photos, but it cannot be read (${cause.code})`, {
      cause,
    });
  });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .sort();
}
